import * as fs from "node:fs";
import * as path from "node:path";

/** Where the control groups of a lab live: the second version's hierarchy, and the first's for what that lacks. */
export interface CgroupLimits {
  memoryBytes?: number;
  cores?: number;
}

interface Hierarchy {
  mountPoint: string;
  version: 1 | 2;
  controllers: string[];
}

/** The hierarchies mounted on this host that can hold machines and limit memory and processors. */
export function cgroupHierarchies(
  mounts = fs.readFileSync("/proc/self/mounts", "utf8"),
): Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const line of mounts.split("\n")) {
    const [, mountPoint = "", type = "", options = ""] = line.split(" ");
    if (type === "cgroup2" && !found.some((hierarchy) => hierarchy.version === 2)) {
      found.push({ mountPoint, version: 2, controllers: controllersOf(mountPoint) });
    }
    const controllers = options.split(",").filter((option) => ["memory", "cpu"].includes(option));
    if (type === "cgroup" && controllers.length > 0) {
      found.push({ mountPoint, version: 1, controllers });
    }
  }
  return found;
}

function controllersOf(mountPoint: string): string[] {
  return fs.readFileSync(path.join(mountPoint, "cgroup.controllers"), "utf8").trim().split(" ");
}

/** Makes `group` (a path such as `lw-1a2b3c/101`) in every hierarchy and sets what limits the host can enforce. */
export function makeCgroups(group: string, limits: CgroupLimits): string[] {
  return cgroupHierarchies().map(({ mountPoint, version, controllers }) => {
    const folder = path.join(mountPoint, group);
    fs.mkdirSync(folder, { recursive: true });
    if (version === 2) delegate(mountPoint, group, controllers);
    const { memoryBytes, cores } = limits;
    if (memoryBytes !== undefined && controllers.includes("memory")) {
      write(folder, version === 2 ? "memory.max" : "memory.limit_in_bytes", String(memoryBytes));
    }
    if (cores !== undefined && controllers.includes("cpu")) {
      const quota = cores * 100_000;
      if (version === 2) write(folder, "cpu.max", `${quota} 100000`);
      else write(folder, "cpu.cfs_quota_us", String(quota));
    }
    return folder;
  });
}

/** Switches the controllers on from the top down to the group's parent, where nothing runs. */
function delegate(mountPoint: string, group: string, available: string[]): void {
  const wanted = ["memory", "cpu"].filter((controller) => available.includes(controller));
  if (wanted.length === 0) return;
  let folder = mountPoint;
  for (const part of ["", ...path.dirname(group).split("/")]) {
    folder = path.join(folder, part);
    write(folder, "cgroup.subtree_control", wanted.map((name) => `+${name}`).join(" "));
  }
}

/** Stops or continues all processes of a group. False when this host has no second-version hierarchy. */
export function freezeCgroup(group: string, frozen: boolean): boolean {
  const unified = cgroupHierarchies().find((hierarchy) => hierarchy.version === 2);
  if (!unified) return false;
  write(path.join(unified.mountPoint, group), "cgroup.freeze", frozen ? "1" : "0");
  return true;
}

export function isFrozen(group: string): boolean {
  const unified = cgroupHierarchies().find((hierarchy) => hierarchy.version === 2);
  if (!unified) return false;
  try {
    const events = fs.readFileSync(path.join(unified.mountPoint, group, "cgroup.freeze"), "utf8");
    return events.trim() === "1";
  } catch {
    return false;
  }
}

/** Process ids in a group and all below it, in all hierarchies. */
export function cgroupProcesses(group: string): number[] {
  const pids = new Set<number>();
  for (const folder of groupFolders(group)) {
    for (const pid of processesIn(folder)) pids.add(pid);
  }
  return [...pids].filter((pid) => pid > 0);
}

/** A machine that is ending removes its groups meanwhile: ENOENT, or ENODEV once the file is open (cgroup-v2). */
function processesIn(folder: string): number[] {
  try {
    const text = fs.readFileSync(path.join(folder, "cgroup.procs"), "utf8");
    return text.split("\n").filter(Boolean).map(Number);
  } catch (error) {
    if (["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}

/** Removes a group and all below it. Groups in which something still runs stay. */
export function removeCgroups(group: string): void {
  for (const folder of groupFolders(group).reverse()) {
    try {
      fs.rmdirSync(folder);
    } catch (error) {
      if (!["EBUSY", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
}

/** What is in a folder; undefined when it is gone. */
function entriesOf(folder: string): fs.Dirent[] | undefined {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The folders of a group, parents first. */
function groupFolders(group: string): string[] {
  const walk = (folder: string): string[] => {
    const entries = entriesOf(folder);
    if (!entries) return [];
    const below = entries.filter((entry) => entry.isDirectory());
    return [folder, ...below.flatMap((entry) => walk(path.join(folder, entry.name)))];
  };
  return cgroupHierarchies().flatMap(({ mountPoint }) => walk(path.join(mountPoint, group)));
}

function write(folder: string, file: string, value: string): void {
  fs.writeFileSync(path.join(folder, file), value);
}
