import { setTimeout as sleep } from "node:timers/promises";
import type { GuestCommandResult } from "../../hypervisor";
import { failure } from "../api-error";
import type { Call } from "../routes/call";
import { hasAgent } from "./guest";

/** How long Proxmox VE waits for an answer, in milliseconds. */
const AGENT_MILLISECONDS = 3000;
const POLL_MILLISECONDS = 100;

/** Refuses what cannot reach an agent. */
function checkAgent({ node, vmid }: Call): void {
  const { options } = node.guests.load({ vmid, type: "qemu" });
  if (!hasAgent(options)) throw failure("No QEMU guest agent configured");
  if (node.hypervisor.state(vmid) === "stopped") throw failure(`VM ${String(vmid)} is not running`);
}

async function answer<T>(call: Call, ask: () => Promise<T | undefined>): Promise<T> {
  checkAgent(call);
  const deadline = Date.now() + AGENT_MILLISECONDS * call.node.timeScale;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() >= deadline) throw failure("QEMU guest agent is not running");
    await sleep(POLL_MILLISECONDS * call.node.timeScale);
  }
}

const run = (call: Call, argv: string[], stdin?: string): Promise<GuestCommandResult> =>
  answer(call, () => call.node.hypervisor.run(call.vmid, argv, stdin));

const COUNTERS = ["bytes", "packets", "errs", "dropped"];
const statistics = (): Record<string, number> =>
  Object.fromEntries(
    COUNTERS.flatMap((name) => [
      [`rx-${name}`, 0],
      [`tx-${name}`, 0],
    ]),
  );

export async function networkInterfaces(call: Call): Promise<unknown> {
  const interfaces = await answer(call, () => call.node.hypervisor.interfaces(call.vmid));
  return {
    result: interfaces.map(({ name, mac, addresses }) => ({
      name,
      "hardware-address": mac.toLowerCase(),
      statistics: statistics(),
      ...(addresses.length > 0 && {
        "ip-addresses": addresses.map(({ address, prefix, family }) => ({
          "ip-address": address,
          "ip-address-type": family,
          prefix,
        })),
      }),
    })),
  };
}

export async function ping(call: Call): Promise<unknown> {
  await run(call, ["true"]);
  return { result: {} };
}

export async function hostName(call: Call): Promise<unknown> {
  const { stdout } = await run(call, ["hostname"]);
  return { result: { "host-name": stdout.trim() } };
}

export async function osInfo(call: Call): Promise<unknown> {
  const release = await run(call, ["cat", "/etc/os-release"]);
  const kernel = await run(call, ["uname", "-r", "-v", "-m"]);
  const field = (name: string): string =>
    new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(release.stdout)?.[1] ?? "";
  const words = kernel.stdout.trim().split(/\s+/);
  return {
    result: {
      id: field("ID"),
      name: field("NAME"),
      "pretty-name": field("PRETTY_NAME"),
      version: field("VERSION"),
      "version-id": field("VERSION_ID"),
      "kernel-release": words[0] ?? "",
      "kernel-version": words.slice(1, -1).join(" "),
      machine: words.at(-1) ?? "",
    },
  };
}

export async function time(call: Call): Promise<unknown> {
  const { stdout } = await run(call, ["date", "+%s%N"]);
  return { result: Number(stdout.trim()) };
}

export async function timezone(call: Call): Promise<unknown> {
  await run(call, ["true"]);
  return { result: { zone: "UTC", offset: 0 } };
}

/** An answer that says nothing about the guest but that its agent is there. */
export const constant =
  (result: unknown) =>
  async (call: Call): Promise<unknown> => {
    await run(call, ["true"]);
    return { result };
  };

export async function vcpus(call: Call): Promise<unknown> {
  await run(call, ["true"]);
  const { options } = call.node.guests.load({ vmid: call.vmid, type: "qemu" });
  const count = Number(options.cores ?? 1) * Number(options.sockets ?? 1);
  const ids = Array.from({ length: count }, (_, n) => n);
  return { result: ids.map((id) => ({ "logical-id": id, online: true, "can-offline": id > 0 })) };
}

interface Finished {
  vmid: number;
  result: GuestCommandResult;
}
/** Results of `exec` until they are asked for; nobody asks for more than the last ones. */
const MOST_RESULTS = 100;
const finished = new Map<number, Finished>();
let nextPid = 100;

export async function exec(call: Call): Promise<unknown> {
  const command = call.parameters.command ?? [];
  const argv = Array.isArray(command) ? command : [command];
  const result = await run(call, argv, call.optional("input-data"));
  const pid = nextPid++;
  finished.set(pid, { vmid: call.vmid, result });
  if (finished.size > MOST_RESULTS) finished.delete(Math.min(...finished.keys()));
  return { pid };
}

export function execStatus(call: Call): unknown {
  checkAgent(call);
  const pid = call.integer("pid") ?? 0;
  const found = finished.get(pid);
  if (found?.vmid !== call.vmid) throw failure("Agent error: PID ld does not exist");
  finished.delete(pid);
  const { exitCode, stdout, stderr } = found.result;
  return {
    exited: 1,
    exitcode: exitCode,
    ...(stdout !== "" && { "out-data": stdout, "out-truncated": 0 }),
    ...(stderr !== "" && { "err-data": stderr, "err-truncated": 0 }),
  };
}

export async function fileRead(call: Call): Promise<unknown> {
  const file = call.text("file");
  const { exitCode, stdout } = await run(call, ["cat", "--", file]);
  if (exitCode !== 0)
    throw failure(
      `Agent error: failed to open file '${file}' (mode: 'r'): No such file or directory`,
    );
  return { content: stdout, "bytes-read": Buffer.byteLength(stdout) };
}

export async function fileWrite(call: Call): Promise<null> {
  const content = call.text("content");
  const isEncoded = call.optional("encode") === "0";
  const text = isEncoded ? Buffer.from(content, "base64").toString("utf8") : content;
  const { exitCode, stderr } = await run(call, ["tee", "--", call.text("file")], text);
  if (exitCode !== 0) throw failure(`Agent error: ${stderr.trim()}`);
  return null;
}

export async function setUserPassword(call: Call): Promise<unknown> {
  const line = `${call.text("username")}:${call.text("password")}\n`;
  const { exitCode, stderr } = await run(
    call,
    ["chpasswd", ...(call.flag("crypted") ? ["-e"] : [])],
    line,
  );
  if (exitCode !== 0)
    throw failure(`Agent error: child process has failed to set user password: ${stderr.trim()}\n`);
  return { result: {} };
}
