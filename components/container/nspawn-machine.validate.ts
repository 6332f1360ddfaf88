import { IssueList } from "../../validation/checker";
import { checkHostLabel } from "../../validation/dns-name";
import { checkIPv4 } from "../../validation/ip-address";
import { checkPackageName } from "../../validation/linux";
import { checkInterfaceAddress, networkContains } from "../../validation/network";
import {
  checkArchiveSource,
  checkBindPath,
  checkContainerName,
  checkInterfaceName,
  checkMirror,
  checkNetworkZone,
  checkQuotedValue,
  checkSettingName,
  checkSettingValue,
  checkSha256,
  checkSuite,
  checkVariableName,
  nspawnSections,
} from "../../validation/nspawn";
import { checkPort, integerBetween, secondsBetween, sizeBetween } from "../../validation/number";
import type { NspawnMachineArgs } from "./nspawn-machine-args";

/** What the arguments of the component set themselves, by section of the settings file. */
const own: Record<string, Record<string, string>> = {
  Exec: {
    Ephemeral: "ephemeral",
    Environment: "environment",
    Hostname: "hostName",
    PrivateUsers: "privateUsers",
  },
  Network: {
    Private: "network",
    VirtualEthernet: "network",
    Bridge: "network.bridge",
    MACVLAN: "network.macvlan",
    Zone: "network.zone",
    Port: "ports",
  },
  Files: { Bind: "binds", BindReadOnly: "binds" },
};

/** Everything wrong with a container's arguments. */
export function checkNspawnMachine(args: NspawnMachineArgs, containerName: string): IssueList {
  const issues = new IssueList();
  const field = args.containerName === undefined ? "name" : "containerName";
  issues.check(field, containerName, checkHostLabel);
  issues.checkOptional("hostName", args.hostName, checkHostLabel);
  checkImage(issues, args);
  checkNetwork(issues, args);
  checkFiles(issues, args);
  checkLimits(issues, args);
  for (const [name, value] of Object.entries(args.environment ?? {}))
    if (issues.check("environment", name, checkVariableName))
      issues.check(`environment.${name}`, value, checkQuotedValue);
  issues.checkOptional("bootTimeoutSeconds", args.bootTimeoutSeconds, secondsBetween(1, 86400));
  checkSettings(issues, args);
  return issues;
}

function checkImage(issues: IssueList, { image, on }: NspawnMachineArgs): void {
  const given = ["suite", "archive", "clone"].filter((key) => key in (image ?? {}));
  if (given.length !== 1) {
    issues.add(
      "image",
      given.length === 0 ? undefined : given,
      "say what it is made from: { suite }, { archive, sha256 } or { clone }",
    );
    return;
  }
  if ("suite" in image) {
    issues.check("image.suite", image.suite, checkSuite);
    issues.checkEach("image.packages", image.packages ?? [], checkPackageName);
    issues.checkOptional("image.mirror", image.mirror, checkMirror);
  } else if ("archive" in image) {
    issues.check("image.archive", image.archive, checkArchiveSource);
    issues.check("image.sha256", image.sha256, checkSha256);
  } else if (typeof image.clone === "string") {
    issues.check("image.clone", image.clone, checkContainerName);
  } else if (image.clone.on !== on) {
    issues.add(
      "image.clone",
      image.clone.containerName,
      `use a container on the same host, ${on.name}: it is on ${image.clone.on.name}`,
    );
  }
}

function checkNetwork(issues: IssueList, args: NspawnMachineArgs): void {
  const { network, address, gateway, ports = [] } = args;
  issues.checkOptional("network.bridge", network?.bridge, checkInterfaceName);
  issues.checkOptional("network.macvlan", network?.macvlan, checkInterfaceName);
  issues.checkOptional("network.zone", network?.zone, checkNetworkZone);
  const links = (["bridge", "macvlan", "zone"] as const).filter(
    (key) => network?.[key] !== undefined,
  );
  for (const link of links.slice(1))
    issues.add(
      `network.${link}`,
      network![link],
      `leave it out: it has network.${links[0]} already`,
    );
  const placed = issues.checkOptional("address", address, checkInterfaceAddress);
  const routed = issues.checkOptional("gateway", gateway, checkIPv4);
  if (!network) {
    const shared = "leave it out, or give a network: the container shares the host's";
    if (address !== undefined) issues.add("address", address, shared);
    if (ports.length > 0) issues.add("ports", ports, shared);
  }
  if (gateway !== undefined && address === undefined)
    issues.add("gateway", gateway, "leave it out without an address: DHCP tells the gateway");
  else if (placed && routed && address && gateway && !networkContains(address, gateway))
    issues.add("gateway", gateway, `use an address in the container's own network (${address})`);
  if (network?.macvlan !== undefined && ports.length > 0)
    issues.add(
      "ports",
      ports,
      "leave it out: on a macvlan the container's ports are in the network",
    );
  const taken = new Map<string, number>();
  for (const [index, { host, container, protocol = "tcp" }] of ports.entries()) {
    const field = `ports[${index}]`;
    issues.checkOptional(`${field}.container`, container, checkPort);
    issues.checkOptional(`${field}.protocol`, protocol, (value) =>
      value === "tcp" || value === "udp" ? undefined : "use tcp or udp",
    );
    if (!issues.check(`${field}.host`, host, checkPort)) continue;
    const first = taken.get(`${protocol}:${host}`);
    if (first !== undefined)
      issues.add(`${field}.host`, host, `use another: ports[${first}] has it`);
    else taken.set(`${protocol}:${host}`, index);
  }
}

function checkFiles(issues: IssueList, { binds = {} }: NspawnMachineArgs): void {
  for (const [path, bind] of Object.entries(binds)) {
    issues.check("binds", path, checkBindPath);
    const [field, source] =
      typeof bind === "string" ? [`binds.${path}`, bind] : [`binds.${path}.source`, bind.source];
    issues.check(field, source, checkBindPath);
  }
}

function checkLimits(issues: IssueList, { limits = {} }: NspawnMachineArgs): void {
  // Less than 16 MiB or 8 tasks and no init starts; the upper bounds are the kernel's, or far away.
  const bounds = {
    memoryMaxMiB: sizeBetween(16, 4194304, "MiB"),
    memoryHighMiB: sizeBetween(16, 4194304, "MiB"),
    cpuQuotaPercent: integerBetween(1, 100000),
    cpuWeight: integerBetween(1, 10000),
    ioWeight: integerBetween(1, 10000),
    tasksMax: integerBetween(8, 4194304),
  };
  for (const [name, check] of Object.entries(bounds))
    issues.checkOptional(`limits.${name}`, limits[name as keyof typeof bounds], check);
}

function checkSettings(issues: IssueList, { settings = {} }: NspawnMachineArgs): void {
  for (const [section, lines] of Object.entries(settings)) {
    if (!nspawnSections.includes(section as "Exec")) {
      issues.add(
        "settings",
        section,
        `use a section of systemd.nspawn(5): ${nspawnSections.join(", ")}`,
      );
      continue;
    }
    for (const [name, values] of Object.entries(lines)) {
      const field = `settings.${section}.${name}`;
      const argument = own[section]![name];
      if (argument) issues.add(field, values, `leave it out: ${argument} sets it`);
      else if (issues.check(`settings.${section}`, name, checkSettingName))
        for (const value of [values].flat()) issues.check(field, value, checkSettingValue);
    }
  }
}
