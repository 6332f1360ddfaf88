import { IssueList } from "../../../../validation/checker";
import { checkIPv4 } from "../../../../validation/ip-address";
import type { Issue } from "../../../../validation/issue";
import { checkMachineName } from "../../../../validation/machine-name";
import { checkInterfaceAddress, networkContains } from "../../../../validation/network";
import {
  checkBindPath,
  checkContainerName,
  checkInterfaceName,
  checkNetworkZone,
  checkPrivateUsers,
  checkQuotedValue,
  checkSettingName,
  checkSettingValue,
  checkVariableName,
  nspawnSections,
} from "../../../../validation/nspawn";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { fieldOf } from "./nspawn-file";
import type { machineSchema } from "./schema";

type Inputs = Known<InputsOf<typeof machineSchema>>;

/** What is wrong with a container's inputs beyond their types. Pure. */
export function checkMachine(inputs: Inputs): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkContainerName);
  issues.checkOptional("image", inputs.image, checkContainerName);
  if (inputs.name !== undefined && inputs.image === inputs.name)
    issues.add("image", inputs.image, "use the name of another image: a container is a clone");
  checkExec(issues, inputs.exec ?? {});
  checkNetwork(issues, inputs.network ?? {});
  checkFiles(issues, inputs.files ?? {});
  checkSettings(issues, inputs.settings ?? {});
  return issues.issues;
}

function checkExec(issues: IssueList, exec: NonNullable<Inputs["exec"]>): void {
  issues.checkOptional("exec.hostname", exec.hostname, checkMachineName);
  issues.checkOptional("exec.privateUsers", exec.privateUsers, checkPrivateUsers);
  for (const [name, value] of Object.entries(exec.environment ?? {})) {
    issues.check("exec.environment", name, checkVariableName);
    issues.checkOptional(`exec.environment.${name}`, value, checkQuotedValue);
  }
}

function checkNetwork(issues: IssueList, network: NonNullable<Inputs["network"]>): void {
  issues.checkOptional("network.bridge", network.bridge, checkInterfaceName);
  issues.checkOptional("network.zone", network.zone, checkNetworkZone);
  issues.checkEach("network.macvlan", network.macvlan ?? [], checkInterfaceName);
  if (network.bridge !== undefined && network.zone !== undefined)
    issues.add("network.zone", network.zone, "use either bridge or zone: both are bridges");
  const { address, gateway } = network;
  const placed = issues.checkOptional("network.address", address, checkInterfaceAddress);
  const routed = issues.checkOptional("network.gateway", gateway, checkIPv4);
  if (gateway !== undefined && address === undefined)
    issues.add(
      "network.gateway",
      gateway,
      "leave it out without an address: DHCP tells the gateway",
    );
  else if (placed && routed && address && gateway && !networkContains(address, gateway))
    issues.add(
      "network.gateway",
      gateway,
      `use an address in the container's own network (${address})`,
    );
  const shared =
    network.private === false && !network.bridge && !network.zone && !network.virtualEthernet;
  if (shared && address !== undefined)
    issues.add("network.address", address, "leave it out: the container shares the host's network");
  if (shared && (network.ports ?? []).length > 0)
    issues.add(
      "network.ports",
      network.ports,
      "leave it out: the host's ports are the container's own",
    );
  const taken = new Map<string, number>();
  for (const [index, { protocol, host }] of (network.ports ?? []).entries()) {
    const port = `${protocol}:${host}`;
    const first = taken.get(port);
    if (first !== undefined)
      issues.add(
        `network.ports[${index}].host`,
        host,
        `use another: network.ports[${first}] has it`,
      );
    else taken.set(port, index);
  }
}

function checkFiles(issues: IssueList, files: NonNullable<Inputs["files"]>): void {
  const at = new Map<string, string>();
  const place = (field: string, path: string): void => {
    const first = at.get(path);
    if (first !== undefined) issues.add(field, path, `use another: ${first} is mounted there`);
    else at.set(path, field.replace(/\.path$/, ""));
  };
  for (const [index, bind] of (files.binds ?? []).entries()) {
    const field = `files.binds[${index}]`;
    issues.check(`${field}.source`, bind.source, checkBindPath);
    if (issues.check(`${field}.path`, bind.path, checkBindPath)) place(`${field}.path`, bind.path);
  }
}

function checkSettings(issues: IssueList, settings: NonNullable<Inputs["settings"]>): void {
  for (const [section, lines] of Object.entries(settings)) {
    if (!nspawnSections.includes(section as "Exec")) {
      issues.add(
        "settings",
        section,
        `use a section of systemd.nspawn(5): ${nspawnSections.join(", ")}`,
      );
      continue;
    }
    for (const [name, values] of Object.entries(lines ?? {})) {
      const field = `settings.${section}.${name}`;
      const own = fieldOf(section, name);
      if (own) issues.add(field, values, `set ${own} instead`);
      else issues.check("settings", name, checkSettingName);
      issues.checkEach(field, values, checkSettingValue);
    }
  }
}
