import { type Checker, IssueList } from "../../../../validation/checker";
import { checkIPv4 } from "../../../../validation/ip-address";
import type { Issue } from "../../../../validation/issue";
import { checkAbsolutePath } from "../../../../validation/linux";
import { checkMachineName } from "../../../../validation/machine-name";
import { checkInterfaceAddress, networkContains } from "../../../../validation/network";
import type { Known } from "../../../kind";
import type { InputsOf } from "../../../schema";
import { lineProblem } from "../settings-file";
import { fieldOf, sections } from "./nspawn-file";
import type { machineSchema } from "./schema";

type Inputs = Known<InputsOf<typeof machineSchema>>;

/** What is wrong with a container's inputs beyond their types. Pure. */
export function checkMachine(inputs: Inputs): Issue[] {
  const issues = new IssueList();
  issues.checkOptional("name", inputs.name, checkContainerName);
  issues.checkOptional("image", inputs.image, checkImageName);
  if (inputs.name !== undefined && inputs.image === inputs.name)
    issues.add("image", inputs.image, "use the name of another image: a container is a clone");
  checkExec(issues, inputs.exec ?? {});
  checkNetwork(issues, inputs.network ?? {});
  checkFiles(issues, inputs.files ?? {});
  checkSettings(issues, inputs.settings ?? {});
  return issues.issues;
}

/** Name of a container or an image: a folder of /var/lib/machines and part of a unit's name. */
export const checkContainerName: Checker = (value) =>
  checkMachineName(value) ??
  ((value as string).startsWith(".") ? "leave out the dot at its beginning" : undefined);

export const checkImageName = checkContainerName;

const checkLine: Checker = (value) =>
  typeof value === "string" ? lineProblem(value) : "use a text";

/** A path that a settings file can hold: as absolute paths are, without what ends a line. */
const checkPath: Checker = (value) =>
  checkAbsolutePath(value) ?? lineProblem((value as string) + "/");

/** capabilities(7) */
const checkCapability: Checker = (value) =>
  typeof value === "string" && /^CAP_[A-Z_]+$/.test(value)
    ? undefined
    : "use the name of a capability, such as CAP_SYS_TIME";

/** The kernel's IFNAMSIZ is 16 with the end of the string; dev_valid_name() refuses the rest. */
const checkInterface: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_.-]{1,15}$/.test(value) && !/^\.\.?$/.test(value)
    ? undefined
    : "use the name of an interface, at most 15 characters, such as br0";

/** The bridge is called `vz-ZONE`. */
const checkZone: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_-]{1,12}$/.test(value)
    ? undefined
    : "use letters, digits, - and _, at most 12";

const checkPrivateUsers: Checker = (value) => {
  if (["no", "pick", "identity"].includes(value as string)) return undefined;
  const [, first, count] = /^(\d{1,10}):(\d{1,10})$/.exec(value as string) ?? [];
  const end = Number(first) + Number(count);
  return Number(first) >= 65536 && Number(count) >= 1 && end <= 2 ** 32 - 1
    ? undefined
    : "use no, pick, identity, or FIRST:COUNT from 65536 on, such as 1048576:65536";
};

const checkMountOptions: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_=.,%+-]+$/.test(value)
    ? undefined
    : "use options of tmpfs, such as size=8M,mode=1777";

function checkExec(issues: IssueList, exec: NonNullable<Inputs["exec"]>): void {
  issues.checkOptional("exec.hostname", exec.hostname, checkMachineName);
  issues.checkOptional("exec.privateUsers", exec.privateUsers, checkPrivateUsers);
  for (const [name, value] of Object.entries(exec.environment ?? {})) {
    const field = `exec.environment.${name}`;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      issues.add("exec.environment", name, "use the name of a variable, such as LANG");
    // In quotes, so that only what no line can hold is refused.
    if (value !== undefined) issues.check(field, value, () => lineProblem(`'${value}'`));
  }
  for (const field of ["capabilities", "dropCapabilities"] as const)
    issues.checkEach(`exec.${field}`, exec[field] ?? [], checkCapability);
}

function checkNetwork(issues: IssueList, network: NonNullable<Inputs["network"]>): void {
  issues.checkOptional("network.bridge", network.bridge, checkInterface);
  issues.checkOptional("network.zone", network.zone, checkZone);
  for (const field of ["macvlan", "ipvlan"] as const)
    issues.checkEach(`network.${field}`, network[field] ?? [], checkInterface);
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
    issues.check(`${field}.source`, bind.source, checkPath);
    if (issues.check(`${field}.path`, bind.path, checkPath)) place(`${field}.path`, bind.path);
  }
  for (const [index, { path, options }] of (files.temporary ?? []).entries()) {
    const field = `files.temporary[${index}]`;
    if (issues.check(`${field}.path`, path, checkPath)) place(`${field}.path`, path);
    issues.check(`${field}.options`, options, checkMountOptions);
  }
}

function checkSettings(issues: IssueList, settings: NonNullable<Inputs["settings"]>): void {
  for (const [section, lines] of Object.entries(settings)) {
    if (!sections.includes(section as "Exec")) {
      issues.add("settings", section, `use a section of systemd.nspawn(5): ${sections.join(", ")}`);
      continue;
    }
    for (const [name, values] of Object.entries(lines ?? {})) {
      const field = `settings.${section}.${name}`;
      const own = fieldOf(section, name);
      if (own) issues.add(field, values, `set ${own} instead`);
      else if (!/^[A-Z][A-Za-z]*$/.test(name))
        issues.add(field, values, "use the name of a setting, such as Timezone");
      issues.checkEach(field, values, checkLine);
    }
  }
}
