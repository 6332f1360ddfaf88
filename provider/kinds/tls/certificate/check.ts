import { type Checker, IssueList } from "../../../../validation/checker";
import { checkHostName } from "../../../../validation/dns-name";
import { canonicalIP, checkIP } from "../../../../validation/ip-address";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkServiceName } from "../../host/service/name";
import { checkTlsName } from "../name";
import type { certificateSchema } from "./schema";

/** A name as clients compare it (RFC 6125): a host's name, or `*.` and one. */
const checkCertificateName: Checker = (value) => {
  const bare = typeof value === "string" ? value.replace(/^\*\./, "") : value;
  const problem = checkHostName(bare);
  if (problem !== undefined) return problem;
  return (value as string).endsWith(".") ? "leave out the dot at the end" : undefined;
};

/** Text that reads the same in every notation of a subject, so that a request can be compared with it. */
const checkCommonName: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9*]([A-Za-z0-9 ._:*@()-]{0,62}[A-Za-z0-9)])?$/.test(value)
    ? undefined
    : "use letters, digits, spaces and . _ : * @ ( ) -, at most 64";

/** What is wrong with a certificate's inputs. Pure. */
export function checkCertificate(inputs: Known<InputsOf<typeof certificateSchema>>): Issue[] {
  const issues = new IssueList();
  const { dnsNames, ipAddresses, validityDays, renewBeforeDays } = inputs;
  issues.checkOptional("name", inputs.name, checkTlsName);
  issues.checkOptional("authority.name", inputs.authority?.name, checkTlsName);
  issues.checkOptional("commonName", inputs.commonName, checkCommonName);
  if (dnsNames) issues.checkEach("dnsNames", dnsNames, checkCertificateName);
  if (ipAddresses) issues.checkEach("ipAddresses", ipAddresses, checkIP);
  if (dnsNames?.length === 0 && ipAddresses?.length === 0) {
    issues.add("dnsNames", [], "give at least one DNS name or IP address");
  }
  checkOnce(issues, "dnsNames", dnsNames, (name) => name.toLowerCase());
  checkOnce(issues, "ipAddresses", ipAddresses, (address) =>
    checkIP(address) ? address : canonicalIP(address),
  );
  if (
    validityDays !== undefined &&
    renewBeforeDays !== undefined &&
    renewBeforeDays >= validityDays
  ) {
    issues.add(
      "renewBeforeDays",
      renewBeforeDays,
      `use less than validityDays (${validityDays}), or it is renewed at every run`,
    );
  }
  issues.checkOptional("reload", inputs.reload, checkServiceName);
  return issues.issues;
}

function checkOnce(
  issues: IssueList,
  field: string,
  values: readonly string[] | undefined,
  canonical: (value: string) => string,
): void {
  const seen = new Set<string>();
  for (const [index, value] of (values ?? []).entries()) {
    if (seen.has(canonical(value))) issues.add(`${field}[${index}]`, value, "give each one once");
    seen.add(canonical(value));
  }
}
