import { ScriptFailed } from "../../host/errors";
import { UPDATE_REFUSED } from "./tools.render";

/** Response codes of a dynamic update (RFC 2136, section 2.2) and what they mean to a person. */
const MEANINGS: Readonly<Record<string, string>> = {
  YXRRSET: "somebody else made such a record, or an alias of that name, a moment ago",
  YXDOMAIN: "the name has other records already, and an alias (CNAME) stands alone at its name",
  NXRRSET: "somebody else changed the records a moment ago",
  NXDOMAIN: "the name is gone by now",
  NOTAUTH: "the name server has no such zone: create it first (labwright:bind:Zone)",
  NOTZONE: "the name is not in the zone",
  REFUSED:
    "the zone's rules forbid it: it needs `update-policy local`, must not be frozen (rndc thaw), and with `check-integrity " +
    "yes` takes an MX record only after its mail server's address; named's log says which",
  SERVFAIL:
    "named could not carry it out, see its log: the zone did not load, or its files cannot be written",
};

/** Says in words why nsupdate failed, from what it printed. */
export function explainRefusal(printed: string): string {
  if (/can't read key|key.*not found/.test(printed))
    return "named's session key is not there: start named (labwright:host:Service), and give the zone `update-policy local`";
  if (/connection refused|timed out|failed to respond|no servers/i.test(printed))
    return "the name server does not answer on 127.0.0.1 port 53: start it, and have `listen-on` include 127.0.0.1";
  const codes = [...printed.matchAll(/^update failed: (\w+)/gm)].map(([, code]) => code!);
  const [code] = codes;
  // One failure alone, of the question afterwards: the update itself was taken, and then did nothing.
  if (codes.length === 1 && code === "NXRRSET" && /status: NXRRSET/.test(printed))
    return "the name server took the change and then ignored it: see named's log for its reason";
  if (code === undefined) return `nsupdate said: ${printed.trim() || "nothing"}`;
  const meaning = MEANINGS[code];
  return `the name server refused the change (${code})${meaning ? `: ${meaning}` : ""}`;
}

/** Does some work in which nsupdate may fail, and throws its failure in words. */
export async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScriptFailed && error.code === UPDATE_REFUSED)
      throw new Error(explainRefusal(error.stderr), { cause: error });
    throw error;
  }
}
