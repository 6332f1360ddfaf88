import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import type { ApplyContext, Context } from "../../../kind";
import { type Change, kind } from "../../../kind";
import type { InputsOf, OutputsOf } from "../../../schema";
import { serviceLock } from "../../host/service/name";
import { authorityFunctions } from "../authority/kind";
import { type CertificateFacts, isSignedBy, parseCertificate } from "../certificate-facts";
import { checkTlsName } from "../name";
import { checkCertificate } from "./check";
import { asWritten, dueOutputs, needsIssue } from "./due";
import { commonNameOf, renderExtensions, renderRequest, subjectOf } from "./request.render";
import { certificateSchema } from "./schema";

type Inputs = InputsOf<typeof certificateSchema>;
type Outputs = OutputsOf<typeof certificateSchema>;

/** Folder of all certificates; `tls` in certificate.sh. */
const FOLDER = "/etc/ssl/labwright";

const functions = (): string =>
  shellSource("kinds/tls/tls.sh") + shellSource("kinds/tls/certificate/certificate.sh");

/** `labwright:tls:Certificate`. */
export const certificateKind = kind({
  schema: certificateSchema,
  check: checkCertificate,
  physical: ({ name }) => name,
  parse: (physical) => (checkTlsName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name, prior }) {
    const seen = await look(ctx, name);
    if (!seen) return undefined;
    const { facts, outputs } = seen;
    const signed = !prior || isSignedBy(outputs.certificatePem, prior.authority.certificatePem);
    const problem = [outputs.problem, signed ? "" : "the authority did not sign the certificate"];
    return {
      name,
      ...(facts && {
        commonName: facts.commonName,
        dnsNames: asWritten(facts.dnsNames, prior?.dnsNames),
        ipAddresses: asWritten(facts.ipAddresses, prior?.ipAddresses),
        validityDays: facts.validityDays,
      }),
      ...outputs,
      problem: problem.filter(Boolean).join("; "),
    };
  },

  async apply(ctx, { inputs }) {
    const before = await look(ctx, inputs.name);
    if (needsIssue(before?.outputs, inputs, Date.now())) return issue(ctx, inputs);
    // Only what does not show in the certificate changed, or an earlier run did all but tell Pulumi.
    await ctx.change({ ...changeOf(inputs), step: `keep certificate ${inputs.name}`, text: ":" });
    return before!.outputs;
  },

  async remove(ctx, { name }) {
    await ctx.release({
      step: `delete certificate ${name}`,
      text: `${functions()}
delete_certificate ${quote(name)}`,
    });
  },

  diffExtra: dueOutputs,
});

/** What is on the host; undefined when there is no certificate. */
async function look(
  ctx: Context,
  name: string,
): Promise<{ facts?: CertificateFacts; outputs: Outputs } | undefined> {
  const { fields } = await ctx.host.query({
    step: `read certificate ${name}`,
    text: `${functions()}
read_certificate ${quote(name)}`,
  });
  if (fields.certificate === undefined) return undefined;
  const facts = parseCertificate(fields.certificate);
  const problem = facts ? fields.problem! : "the certificate's file has no certificate in it";
  return { facts, outputs: outputsOf(name, facts, problem) };
}

function outputsOf(name: string, facts: CertificateFacts | undefined, problem: string): Outputs {
  return {
    certificatePem: facts?.certificatePem ?? "",
    certificatePath: `${FOLDER}/${name}/certificate.pem`,
    keyPath: `${FOLDER}/${name}/key.pem`,
    notAfter: facts?.notAfter ?? "",
    serial: facts?.serial ?? "",
    problem,
  };
}

function changeOf({ name, reload }: Inputs): Pick<Change, "exists" | "activate" | "lock"> {
  const path = quote(`${FOLDER}/${name}`);
  return {
    exists: `[ -e ${path} ] || [ -L ${path} ]`,
    ...(reload && {
      lock: serviceLock(reload),
      // A server's first certificate is there before its configuration, and often before the server.
      activate: { service: reload, how: "reload", onlyIfRunning: true },
    }),
  };
}

/** A new key and certificate: requested on the host, signed where the authority is, installed on the host. */
async function issue(ctx: ApplyContext, inputs: Inputs): Promise<Outputs> {
  const { name, authority } = inputs;
  const subject = subjectOf(inputs);
  const { fields } = await ctx.change({
    ...changeOf(inputs),
    step: `make a key for certificate ${name}`,
    text: `${functions()}
request ${quote(name)} "$in/config" ${subject ? 0 : 1}
unfinished`,
    files: { config: renderRequest(inputs) },
  });
  const certificate = await sign(ctx, inputs, subject, fields.request!);
  const facts = parseCertificate(certificate);
  if (!facts) throw new Error(`the authority ${authority.name} gave no certificate for ${name}`);
  const outputs = outputsOf(name, facts, "");
  if (needsIssue(outputs, inputs, Date.now())) {
    throw new Error(
      `the authority ${authority.name} signed something else than certificate ${name} asks for ` +
        `(${commonNameOf(inputs) ?? "no common name"}): nothing was changed on ${ctx.host.connection.address}`,
    );
  }
  await ctx.change({
    ...changeOf(inputs),
    step: `install certificate ${name}`,
    text: `${functions()}
install ${quote(name)} ${facts.serial}`,
    files: { certificate, authority: authority.certificatePem },
  });
  return outputs;
}

async function sign(
  ctx: ApplyContext,
  { authority, validityDays, ...inputs }: Inputs,
  subject: string,
  request: string,
): Promise<string> {
  const { fields } = await ctx.hostAt(authority.host).run({
    step: `sign certificate ${inputs.name}`,
    text: `${authorityFunctions()}
sign ${quote(authority.name)} ${quote(authority.host.machineId)} ${quote(subject)} ${validityDays}`,
    files: {
      request,
      authority: authority.certificatePem,
      extensions: renderExtensions(inputs),
    },
  });
  return fields.certificate!;
}
