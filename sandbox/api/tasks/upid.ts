/** The parts of `UPID:node:PID:PSTART:STARTTIME:type:id:user:`; numbers are hexadecimal in the text. */
export interface Upid {
  node: string;
  pid: number;
  pstart: number;
  starttime: number;
  type: string;
  id: string;
  /** With the token: `root@pam!name`. */
  authid: string;
}

const hex = (n: number): string => n.toString(16).toUpperCase().padStart(8, "0");

export function printUpid(upid: Upid): string {
  const { node, pid, pstart, starttime, type, id, authid } = upid;
  return `UPID:${node}:${hex(pid)}:${hex(pstart)}:${hex(starttime)}:${type}:${id}:${authid}:`;
}

const SYNTAX =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s]+):([^:\s]*):([^:\s]+):$/;

/** Undefined when the text is no UPID. */
export function parseUpid(text: string): Upid | undefined {
  const match = SYNTAX.exec(text);
  if (match === null) return undefined;
  const [node, pid, pstart, starttime, type, id, authid] = match.slice(1) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const number = (digits: string): number => parseInt(digits, 16);
  return {
    node,
    pid: number(pid),
    pstart: number(pstart),
    starttime: number(starttime),
    type,
    id,
    authid,
  };
}

/** `root@pam!name` as the task lists show it: user and token apart. */
export function userAndToken(authid: string): { user: string; tokenid?: string } {
  const [user = "", tokenid] = authid.split("!");
  return tokenid === undefined ? { user } : { user, tokenid };
}
