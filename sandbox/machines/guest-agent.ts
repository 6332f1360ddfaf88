import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { GuestCommandResult, GuestInterface } from "../hypervisor";
import { JsonPeer } from "./json-peer";

/** Name of the guest agent's socket in the folder of a run. */
export const agentSocket = "agent";

/** Longest command, in milliseconds: under emulation, package managers take minutes. */
const commandTimeout = 600_000;

/** Conversations with one guest's agent: it serves one at a time. */
const queues = new Map<string, Promise<unknown>>();

async function withAgent<T>(runDir: string, talk: (peer: JsonPeer) => Promise<T>): Promise<T> {
  const earlier = queues.get(runDir) ?? Promise.resolve();
  const mine = earlier.then(async () => {
    const peer = await JsonPeer.connect(runDir, agentSocket);
    try {
      // What an earlier conversation left in the channel ends at the answer with this number.
      const id = randomInt(2 ** 31);
      const sync = peer.ask<number>("guest-sync", { id }, 3_000);
      for (let answer = await sync; answer !== id;) {
        answer = (await peer.next(3_000, "no answer of the guest agent")).return as number;
      }
      return await talk(peer);
    } finally {
      peer.close();
    }
  });
  queues.set(
    runDir,
    mine.catch(() => undefined),
  );
  return mine;
}

/** Runs a program in the guest as root. Rejects when its agent does not answer. */
export function runInGuest(
  runDir: string,
  [file = "", ...args]: string[],
  stdin?: string,
): Promise<GuestCommandResult> {
  return withAgent(runDir, async (peer) => {
    const { pid } = await peer.ask<{ pid: number }>("guest-exec", {
      path: file,
      arg: args,
      "capture-output": true,
      ...(stdin !== undefined && { "input-data": Buffer.from(stdin).toString("base64") }),
    });
    for (const deadline = Date.now() + commandTimeout; ; await sleep(150)) {
      const status = await peer.ask<ExecStatus>("guest-exec-status", { pid });
      const text = (data?: string): string => Buffer.from(data ?? "", "base64").toString("utf8");
      if (status.exited) {
        const exitCode = status.exitcode ?? 128 + (status.signal ?? 0);
        return { exitCode, stdout: text(status["out-data"]), stderr: text(status["err-data"]) };
      }
      if (Date.now() > deadline) throw new Error(`${file} does not end in the guest`);
    }
  });
}

interface ExecStatus {
  exited: boolean;
  exitcode?: number;
  signal?: number;
  "out-data"?: string;
  "err-data"?: string;
}

/** Asks the guest to power off; it does so on its own time. */
export function powerOffGuest(runDir: string): Promise<void> {
  return withAgent(runDir, async (peer) => {
    // It is answered only when it is refused.
    await Promise.race([peer.ask("guest-shutdown", { mode: "powerdown" }), sleep(500)]);
  });
}

interface AgentInterface {
  name: string;
  "hardware-address"?: string;
  "ip-addresses"?: { "ip-address": string; prefix: number; "ip-address-type": "ipv4" | "ipv6" }[];
}

export async function guestInterfaces(runDir: string): Promise<GuestInterface[]> {
  const list = await withAgent(runDir, (peer) =>
    peer.ask<AgentInterface[]>("guest-network-get-interfaces"),
  );
  return list.map((link) => ({
    name: link.name,
    mac: link["hardware-address"] ?? "00:00:00:00:00:00",
    addresses: (link["ip-addresses"] ?? []).map((entry) => ({
      address: entry["ip-address"],
      prefix: entry.prefix,
      family: entry["ip-address-type"],
    })),
  }));
}
