import { canonicalIP, checkIP } from "../../../../validation/ip-address";
import type { Known } from "../../../kind";
import type { InputsOf, OutputsOf } from "../../../schema";
import { isSignedBy, parseCertificate } from "../certificate-facts";
import { commonNameOf } from "./request.render";
import type { certificateSchema } from "./schema";

const DAY_MS = 86_400_000;

type Outputs = Pick<OutputsOf<typeof certificateSchema>, "certificatePem" | "notAfter" | "problem">;

/** Outputs that an update has to renew although no input changed. Pure. */
export function dueOutputs(
  state: Outputs,
  inputs: Known<InputsOf<typeof certificateSchema>>,
  now: number,
): (keyof Outputs | "serial")[] {
  const ends = Date.parse(state.notAfter);
  const left = ends - now;
  const ending = Number.isNaN(ends) || left <= (inputs.renewBeforeDays ?? 0) * DAY_MS;
  return [
    ...(ending ? (["certificatePem", "notAfter", "serial"] as const) : []),
    ...(state.problem ? (["problem"] as const) : []),
  ];
}

/** Whether a certificate has to be made or made anew, by what is on the host now. Pure. */
export function needsIssue(
  seen: Outputs | undefined,
  inputs: InputsOf<typeof certificateSchema>,
  now: number,
): boolean {
  if (!seen || dueOutputs(seen, inputs, now).length > 0) return true;
  const facts = parseCertificate(seen.certificatePem);
  return (
    !facts ||
    facts.validityDays !== inputs.validityDays ||
    facts.commonName !== commonNameOf(inputs) ||
    !sameNames(facts.dnsNames, inputs.dnsNames) ||
    !sameNames(facts.ipAddresses, inputs.ipAddresses) ||
    !isSignedBy(seen.certificatePem, inputs.authority.certificatePem)
  );
}

/** The names as the program writes them when they mean the same: neither order, case nor notation matter. */
export function asWritten(seen: string[], written: readonly string[] | undefined): string[] {
  return written && sameNames(seen, written) ? [...written] : seen;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  const canonical = (names: readonly string[]): string =>
    names
      .map((name) => (checkIP(name) ? name.toLowerCase() : canonicalIP(name)))
      .sort()
      .join(" ");
  return canonical(a) === canonical(b);
}
