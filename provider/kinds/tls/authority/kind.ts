import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { kind } from "../../../kind";
import { parseCertificate } from "../certificate-facts";
import { checkTlsName } from "../name";
import { checkAuthority } from "./check";
import { renderAuthorityConfig } from "./config.render";
import { authoritySchema } from "./schema";

/** Shell functions of authorities and of keys. */
export const authorityFunctions = (): string =>
  shellSource("kinds/tls/tls.sh") + shellSource("kinds/tls/authority/authority.sh");

/** `labwright:tls:Authority`. */
export const authorityKind = kind({
  schema: authoritySchema,
  check: checkAuthority,
  physical: ({ name }) => name,
  parse: (physical) => (checkTlsName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name }) {
    const { fields } = await ctx.host.query({
      step: `read authority ${name}`,
      text: `${authorityFunctions()}
read_authority ${quote(name)}`,
    });
    const facts = parseCertificate(fields.certificate ?? "");
    // One that has ended can sign nothing.
    if (!facts || Date.parse(facts.notAfter) <= Date.now()) return undefined;
    const { certificatePem, commonName, validityDays, notAfter } = facts;
    return {
      name,
      commonName,
      validityDays,
      certificatePem,
      notAfter,
      problem: fields.problem ?? "",
    };
  },

  async apply(ctx, { inputs: { name, commonName, validityDays } }) {
    const { fields } = await ctx.change({
      step: `make authority ${name}`,
      text: `${authorityFunctions()}
make_authority ${quote(name)} ${validityDays} "$in/config"
read_authority ${quote(name)}`,
      files: { config: renderAuthorityConfig(commonName) },
      exists: `[ -e "$state_folder/ca/"${quote(name)} ]`,
    });
    const facts = parseCertificate(fields.certificate ?? "");
    if (!facts) throw new Error(`openssl made no certificate for authority ${name}`);
    if (facts.commonName !== commonName) {
      throw new Error(
        `authority ${name} is there already and is called ${JSON.stringify(facts.commonName)}; set commonName to that`,
      );
    }
    return {
      certificatePem: facts.certificatePem,
      notAfter: facts.notAfter,
      problem: fields.problem!,
    };
  },

  async remove(ctx, { name }) {
    await ctx.release({
      step: `delete authority ${name}`,
      text: `if [ "$adopted" = 0 ]; then rm -rf -- "$state_folder/ca/"${quote(name)}; fi`,
    });
  },

  diffExtra: ({ problem }) => (problem ? ["problem"] : []),
});
