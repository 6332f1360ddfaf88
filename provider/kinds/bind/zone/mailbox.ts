import { canonicalName } from "../../../../validation/dns-name";

/** A mail address as the SOA record has it: a name, with the dots before the @ escaped (RFC 1035, section 8). */
export function renderMailbox(address: string): string {
  const at = address.lastIndexOf("@");
  return `${address.slice(0, at).replaceAll(".", "\\.")}.${canonicalName(address.slice(at + 1))}`;
}

/** The mail address of a SOA record; a name that is none stays as it is. */
export function parseMailbox(name: string): string {
  const [, local, domain] = /^((?:[^.\\]|\\.)+)\.(.+)\.$/.exec(name) ?? [];
  return local === undefined || domain === undefined
    ? name
    : `${local.replaceAll("\\.", ".")}@${domain}`;
}
