import { canonicalName } from "../../../../validation/dns-name";
import type { RecordType } from "./value";

/** A change of all records of one name and type. */
export interface SetUpdate {
  zone: string;
  /** Full name with the dot at the end. */
  owner: string;
  type: RecordType;
  /** Data of the records that have to be there now, as the server prints it; none: there must be none. */
  expected: readonly string[];
  /** Data of the records that shall be there; none: the set is taken away. */
  data: readonly string[];
  ttl: number;
}

/**
 * Input of nsupdate(1): one update that the server refuses when the set is not what it should be before, and then a
 * question, without a change, whether it has become what it should be: BIND ignores without a word what it deems wrong,
 * such as a CNAME beside other records (RFC 2136, section 3.4.2.2). `answer` prints what it said to the last one.
 */
export function renderUpdate(update: SetUpdate): string {
  const { owner, type, expected, data, ttl } = update;
  const lines = [`zone ${canonicalName(update.zone)}`];
  if (expected.length > 0)
    lines.push(...expected.map((item) => `prereq yxrrset ${owner} IN ${type} ${item}`));
  else if (type === "CNAME") lines.push(`prereq nxdomain ${owner}`);
  else lines.push(`prereq nxrrset ${owner} IN ${type}`, `prereq nxrrset ${owner} IN CNAME`);
  if (expected.length > 0) lines.push(`update delete ${owner} ${type}`);
  lines.push(...data.map((item) => `update add ${owner} ${ttl} IN ${type} ${item}`), "send");
  if (data.length > 0)
    lines.push(...data.map((item) => `prereq yxrrset ${owner} IN ${type} ${item}`));
  else lines.push(`prereq nxrrset ${owner} IN ${type}`);
  return `${lines.join("\n")}\nsend\nanswer\n`;
}

/** Input of nsupdate(1) that only asks whether the name itself has such records, whatever a wildcard gives it. */
export function renderExistenceQuestion(asked: {
  zone: string;
  owner: string;
  type: RecordType;
}): string {
  return `zone ${canonicalName(asked.zone)}\nprereq yxrrset ${asked.owner} IN ${asked.type}\nsend\nanswer\n`;
}
