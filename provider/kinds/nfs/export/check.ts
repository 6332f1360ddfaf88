import { type Checker, IssueList } from "../../../../validation/checker";
import type { Issue } from "../../../../validation/issue";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkExportName } from "../name";
import { checkExportPath } from "../path";
import type { exportSchema } from "./schema";

/** What is wrong with an export's inputs beyond their types. The options' meaning is judged by exportfs itself. */
export function checkExport(inputs: Known<InputsOf<typeof exportSchema>>): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkExportName);
  issues.checkOptional("path", inputs.path, checkExportPath);
  const { clients } = inputs;
  if (clients?.length === 0) issues.add("clients", clients, "give at least one client");
  for (const [index, { client, options }] of (clients ?? []).entries()) {
    const at = `clients[${index}]`;
    if (issues.check(`${at}.client`, client, checkClient)) {
      const first = clients!.findIndex((other) => other.client === client);
      if (first < index)
        issues.add(`${at}.client`, client, `leave it out: clients[${first}] is the same`);
    }
    if (options.length === 0) issues.add(`${at}.options`, options, "give at least one, such as ro");
    issues.checkEach(`${at}.options`, options, checkOption);
  }
  return issues.issues;
}

/** A word of exports(5): nothing in it ends the word, begins a comment or is an escape. */
const checkClient: Checker = (value) =>
  /^[A-Za-z0-9_.:*?@[\]/-]{1,255}$/.test(value as string) && !(value as string).startsWith("-")
    ? undefined
    : "use a host, an address, a network such as 10.77.0.0/24, a @netgroup, or *";

const checkOption: Checker = (value) =>
  /^[a-z0-9_]+(=[A-Za-z0-9_.:@%/[\]-]+)?$/.test(value as string)
    ? undefined
    : "use one option of exports(5), such as rw or anonuid=1000";
