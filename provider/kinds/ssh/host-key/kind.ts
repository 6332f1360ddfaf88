import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import { IssueList } from "../../../../validation/checker";
import { kind } from "../../../kind";
import { hostKeySchema } from "./schema";

const run = promisify(execFile);

/** A folder for a private key: in memory where the machine has such a place. */
async function privateFolder(): Promise<string> {
  const memory = "/dev/shm";
  const base = await fs.access(memory, fs.constants.W_OK).then(
    () => memory,
    () => os.tmpdir(),
  );
  return fs.mkdtemp(path.join(base, "labwright-key-"));
}

/** `labwright:ssh:HostKey`. Lives in Pulumi's state alone. */
export const hostKeyKind = kind({
  schema: hostKeySchema,

  check({ comment }) {
    const issues = new IssueList();
    // A second line would be another key wherever the public key is put.
    issues.checkOptional("comment", comment, (value) =>
      /\p{Cc}/u.test(value as string) ? "use one line, without control characters" : undefined,
    );
    return issues.issues;
  },

  physical: () => "",
  parse: () => undefined,

  async read(_ctx, { prior }) {
    return prior;
  },

  async apply(_ctx, { inputs, prior }) {
    if (prior) return prior;
    const folder = await privateFolder();
    try {
      const file = path.join(folder, "key");
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", inputs.comment, "-f", file]);
      const { stdout } = await run("ssh-keygen", ["-l", "-E", "sha256", "-f", `${file}.pub`]);
      return {
        publicKey: (await fs.readFile(`${file}.pub`, "utf8")).trim(),
        privateKey: await fs.readFile(file, "utf8"),
        fingerprint: stdout.split(" ")[1]!,
      };
    } finally {
      await fs.rm(folder, { recursive: true, force: true });
    }
  },

  async remove() {
    // Nothing but state.
  },
});
