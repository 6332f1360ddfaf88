import type { HostConnection, MachineConnection } from "../schema";
import type { Reply } from "./channel";

/** Data for a script, by name. It travels on stdin and never shows in a process list: the place for secrets. */
export type ScriptFiles = Readonly<Record<string, string | Uint8Array>>;

/** How long a script may take that does not say, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 60_000;

/** A script to run on a host. */
export interface Script {
  /** What it does, for errors and the log: "read /etc/hosts". No values that may be secret. */
  step: string;
  /**
   * POSIX sh. Values get in through `quote()`, or as files: `$in/NAME` holds `files.NAME` exactly. The functions of
   * apply/prelude are there. Locale C, umask 077, `set -u`; an own process group; stdin is /dev/null.
   */
  text: string;
  files?: ScriptFiles;
  /** Exit codes besides 0 that are answers and not failures. Default none. */
  answers?: readonly number[];
  /**
   * Name of the lock that it waits for on the host. Only two scripts of one name are sent at a time, so that those which
   * wait leave room for others.
   */
  lock?: string;
  /** How long it may take, in milliseconds, before its process group is ended. Default 60 s. */
  timeoutMs?: number;
}

/** What a script gave back. */
export interface ScriptResult {
  code: number;
  stdout: string;
  stderr: string;
  /** What the script said with `field NAME VALUE` and `field_file NAME PATH`, byte for byte, as UTF-8. */
  fields: Readonly<Record<string, string>>;
}

/**
 * A shell on a host, over the one SSH connection that all resources on it share. Connects when first used. Errors name
 * the host and the step: `HostUnreachable`, `HostKeyMismatch`, `ScriptFailed`, `ScriptTimedOut`.
 */
export interface HostShell {
  readonly connection: MachineConnection | HostConnection;
  /** Runs a script that changes something, or may take long. Scripts of one host run several at a time. */
  run(script: Script): Promise<ScriptResult>;
  /** Runs a quick script that changes nothing. Queries that are asked together travel together. */
  query(script: Script): Promise<ScriptResult>;
  /** Closes the connection; the next script opens a new one, which sees the machine's id anew. */
  reconnect(): void;
  /** Logs in on a connection of its own and leaves: proof that a change has not locked us out. */
  proveLogin(): Promise<void>;
  /** Tries to connect until it works or the time is over. A wrong host key is an error at once. */
  waitUntilReachable(options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
}

/** A host, or a container on one, to which scripts are carried: what the shell of a container inside is made of. */
export interface ScriptCarrier extends HostShell {
  /** Runs a script; gives what it did, whatever that was. */
  carry(script: Script, query: boolean): Promise<Reply>;
  /** The machine's id, or undefined when it has none yet. Asked once, and anew after `reconnect`. */
  machineId(): Promise<string | undefined>;
}
