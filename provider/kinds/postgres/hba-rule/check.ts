import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import { checkNetwork } from "../../../../validation/network";
import { checkClusterName, checkSqlName } from "../../../../validation/postgres";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { hbaRuleSchema } from "./schema";

/** What is wrong with a rule's inputs beyond their types. Pure. */
export function checkHbaRule(inputs: Known<InputsOf<typeof hbaRuleSchema>>): Issue[] {
  const issues = new IssueList();
  const { type, address, user, method } = inputs;
  issues.checkOptional("cluster", inputs.cluster, checkClusterName);
  issues.checkOptional("database", inputs.database, checkHbaName);
  issues.checkOptional("user", user, checkHbaName);
  issues.checkOptional("address", address, checkNetwork);
  if (type === "local" && address !== undefined)
    issues.add("address", address, "leave it out: local connections have none");
  if (type === "local" && (user === "all" || user === "postgres") && method !== "peer")
    issues.add(
      "method",
      method,
      "use peer: Labwright itself logs in as postgres over the Unix socket",
    );
  if (method === "peer" && type !== undefined && type !== "local")
    issues.add("method", method, "use it with type local alone");
  if (method === "cert" && type !== undefined && type !== "hostssl")
    issues.add("method", method, "use it with type hostssl alone");
  for (const [name, value] of Object.entries(inputs.options ?? {})) {
    issues.check("options", name, checkOptionName);
    issues.checkOptional(`options.${name}`, value, checkOptionValue);
  }
  return issues.issues;
}

/** A first slash makes a name a regular expression from PostgreSQL 16 on, quoted or not. */
const checkHbaName: Checker = (value) =>
  checkSqlName(value) ??
  ((value as string).startsWith("/")
    ? "use a name without a slash at its beginning: PostgreSQL takes it for a regular expression"
    : undefined);

const checkOptionName: Checker = (value) =>
  typeof value === "string" && /^[a-z][a-z0-9_]*$/.test(value)
    ? undefined
    : "use the name of an option, such as map";

const checkOptionValue: Checker = (value) =>
  typeof value === "string" && value !== "" && !/[\p{Cc}\p{Surrogate}]/u.test(value)
    ? undefined
    : "use a text on one line";
