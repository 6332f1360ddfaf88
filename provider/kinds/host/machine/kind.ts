import type { HostShell } from "../../../host/shell";
import { kind } from "../../../kind";
import type { OutputsOf } from "../../../schema";
import { machineSchema } from "./schema";

type Facts = OutputsOf<typeof machineSchema>;

/** Reads the machine's id and facts. */
async function readFacts(host: HostShell): Promise<Facts> {
  const { fields } = await host.query({
    step: "read the machine's facts",
    text: `field machineId "$(machine_id)"
for file in /etc/os-release /usr/lib/os-release; do [ ! -r "$file" ] || break; done
if [ -r "$file" ]; then . "$file"; fi
field distribution "\${ID:-}"
field release "\${VERSION_ID:-}"
field initSystem "$(init_system)"
manager=none
for candidate in apt-get:apt apk:apk dnf:dnf pacman:pacman; do
  if command -v "\${candidate%:*}" >/dev/null; then manager=\${candidate#*:}; break; fi
done
field packageManager "$manager"
field hostname "$(uname -n)"
field architecture "$(uname -m)"`,
  });
  return fields as unknown as Facts;
}

/** `labwright:host:Machine`. */
export const machineKind = kind({
  schema: machineSchema,
  physical: () => "machine",
  parse: (physical) => (physical === "machine" ? {} : undefined),

  read: (ctx) => readFacts(ctx.host),

  async apply(ctx, { inputs }) {
    const deadline = Date.now() + inputs.bootTimeoutSeconds * 1000;
    ctx.info("waiting for sshd");
    await ctx.host.waitUntilReachable({
      timeoutMs: inputs.bootTimeoutSeconds * 1000,
      signal: ctx.signal,
    });
    if (inputs.waitForCloudInit) {
      ctx.info("waiting for cloud-init");
      // 2 is cloud-init's word for "done, with warnings" (cloud-init status, exit codes).
      await ctx.host.run({
        step: "wait for cloud-init",
        text: `command -v cloud-init >/dev/null || exit 0
code=0; cloud-init status --wait >/dev/null || code=$?
case $code in 0 | 2) ;; *) cloud-init status --long >&2; fail "cloud-init failed; see /var/log/cloud-init-output.log there" ;; esac`,
        timeoutMs: Math.max(1000, deadline - Date.now()),
      });
    }
    return readFacts(ctx.host);
  },

  async remove() {
    // The machine stays as it is: only Pulumi's knowledge of it ends.
  },
});
