import { type Checker, IssueList } from "../../../../validation/checker";
import { checkIP } from "../../../../validation/ip-address";
import type { Issue } from "../../../../validation/issue";
import { checkNetwork } from "../../../../validation/network";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { checkExportName } from "../../nfs/name";
import { checkExportPath } from "../../nfs/path";
import { ownParameters } from "./render";
import type { exportSchema } from "./schema";

/** What is wrong with an export's inputs beyond their types. */
export function checkExport(inputs: Known<InputsOf<typeof exportSchema>>): Issue[] {
  const issues = new IssueList();
  const { clients, settings } = inputs;
  issues.checkOptional("name", inputs.name, checkExportName);
  issues.checkOptional("path", inputs.path, checkExportPath);
  issues.checkOptional("pseudo", inputs.pseudo, checkExportPath);
  if (clients?.length === 0) issues.add("clients", clients, "give at least one client");
  for (const [index, { client, secType }] of (clients ?? []).entries()) {
    const at = `clients[${index}]`;
    if (issues.check(`${at}.client`, client, checkClient)) {
      const first = clients!.findIndex((other) => other.client === client);
      if (first < index)
        issues.add(`${at}.client`, client, `leave it out: clients[${first}] is the same`);
    }
    if (secType.length === 0)
      issues.add(`${at}.secType`, secType, "give at least one, such as sys");
  }
  for (const [name, value] of Object.entries(settings ?? {})) {
    const field = `settings.${name}`;
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
      issues.add(field, value, "use the name of a parameter, such as MaxRead");
    else if (ownParameters.includes(name.toLowerCase()))
      issues.add(field, value, "leave it out: the export sets it by its own inputs");
    if (value !== undefined) issues.check(field, value, checkValue);
  }
  return issues.issues;
}

/** What Ganesha's parser takes for an address, a network or a name. It reads 0.0.0.0 as everybody. */
const checkClient: Checker = (value) => {
  const client = value as string;
  if (client === "0.0.0.0") return "use * for everybody";
  return client === "*" ||
    checkIP(client) === undefined ||
    checkNetwork(client) === undefined ||
    /^[A-Za-z][A-Za-z0-9.-]{0,252}$/.test(client)
    ? undefined
    : "use an address, a network such as 10.77.0.0/24, the name of a host, or *";
};

const checkValue: Checker = (value) =>
  /^[A-Za-z0-9_.-]+( *, *[A-Za-z0-9_.-]+)*$/.test(value as string)
    ? undefined
    : "use one word, or several with commas between them";
