import type { MachineConnection } from "../schema";

/** `root@10.77.0.53`, `admin@[fd00::1] port 2222`, `container web of root@10.77.0.53`: a host as errors name it. */
export function describeHost({ user, address, port, inside = [] }: MachineConnection): string {
  const host = address.includes(":") ? `[${address}]` : address;
  const machine = `${user}@${host}${port === 22 ? "" : ` port ${port}`}`;
  return inside.reduce((outer, { name }) => `container ${name} of ${outer}`, machine);
}

/** No connection to a host, or no way into a container of it. Says nothing about what is on it. */
export class HostUnreachable extends Error {
  constructor(
    message: string,
    /** Whether waiting may help: refused, timed out, no route. Not so for a refused login. */
    readonly temporary: boolean,
  ) {
    super(message);
  }
}

/** The host has another key than the pinned one, and was not spoken to. */
export class HostKeyMismatch extends Error {}

/** The connection broke after a script had been sent, so it is not known how far it came. */
export class ConnectionBroken extends Error {}

/** A script ended with an exit code that is no answer. */
export class ScriptFailed extends Error {
  constructor(
    message: string,
    readonly code: number,
    /** What the script wrote to stderr. */
    readonly stderr: string,
  ) {
    super(message);
  }
}

/** A script took longer than it may, and was ended. */
export class ScriptTimedOut extends Error {}

/** Pulumi cancelled the operation: before it began, or during a step. */
export class Cancelled extends Error {
  constructor(step?: string) {
    super(
      step
        ? `cancelled during "${step}", which goes on there by itself; run the same command again: what was done is recognised`
        : "cancelled before it began",
    );
  }
}
