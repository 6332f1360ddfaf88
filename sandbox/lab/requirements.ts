import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Progress } from "../../engine/progress";
import { command, tryCommand } from "../command";
import { cgroupHierarchies } from "../machines/cgroups";
import { debianRelease } from "./os-release";

/** The programs that a sandbox runs, and the Debian packages that bring them. */
const programs: Record<string, string> = {
  "apt-cacher-ng": "apt-cacher-ng",
  flock: "util-linux",
  ip: "iproute2",
  losetup: "mount",
  mmdebstrap: "mmdebstrap",
  nsenter: "util-linux",
  openssl: "openssl",
  setpriv: "util-linux",
  socat: "socat",
  ssh: "openssh-client",
  "systemd-nspawn": "systemd-container",
  unshare: "util-linux",
};

/** What machines with a kernel of their own need besides. */
const emulatorPrograms: Record<string, string> = {
  mke2fs: "e2fsprogs",
  "qemu-img": "qemu-utils",
  "qemu-system-x86_64": "qemu-system-x86",
};

const gibibyte = 2 ** 30;
/** Free space for a handful of machines with services on them, and for building the base image. */
const neededBytes = 4 * gibibyte;

/**
 * Sees to it that this host can run a sandbox: everything that is missing is told at once, before
 * anything starts. Missing Debian packages are installed.
 */
export async function ensureRequirements(
  folders: { sandbox: string; cache: string },
  progress: Progress,
): Promise<void> {
  const problems = hostProblems();
  for (const folder of new Set([folders.sandbox, folders.cache])) {
    const available = freeBytes(folder);
    if (available < neededBytes) {
      problems.push(
        `${folder}: ${(available / gibibyte).toFixed(1)} GiB free, ${neededBytes / gibibyte} GiB ` +
          "needed; make room, or put it elsewhere with LABWRIGHT_SANDBOX and XDG_CACHE_HOME",
      );
    }
  }
  refuse(problems);
  await installMissing(missingPackages(), progress);
  refuse(await kernelProblems(folders.sandbox));
}

/** Sees to it that QEMU is on this host. Errors: it is not, and its packages cannot be installed. */
export async function ensureEmulator(progress: Progress): Promise<void> {
  await installMissing(missingPackages(emulatorPrograms), progress);
}

/** Whether QEMU is on this host. */
export function hasEmulator(): boolean {
  return missingPackages(emulatorPrograms).length === 0;
}

function refuse(problems: string[]): void {
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  throw new Error(`the sandbox cannot run here:\n${list}`);
}

function hostProblems(): string[] {
  const problems: string[] = [];
  if (process.platform !== "linux") {
    return [`the system is ${process.platform}: use Debian 12 or 13 (a virtual machine will do)`];
  }
  if (process.getuid?.() !== 0) {
    problems.push("it makes network namespaces and mounts, which root alone may: run it with sudo");
  }
  const release = debianRelease();
  if (typeof release !== "string") problems.push(release.problem);
  if (!cgroupHierarchies().some(({ version }) => version === 2)) {
    problems.push(
      "no cgroup2 file system is mounted: " +
        "mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified",
    );
  }
  return problems;
}

/** Free bytes on the file system that a folder is on, or will be on. */
function freeBytes(folder: string): number {
  let existing = folder;
  while (!fs.existsSync(existing)) existing = path.dirname(existing);
  const { bavail, bsize } = fs.statfsSync(existing);
  return bavail * bsize;
}

export function missingPackages(wanted = programs): string[] {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"].filter(Boolean);
  const missing = Object.entries(wanted).filter(
    ([program]) => !folders.some((folder) => fs.existsSync(path.join(folder, program))),
  );
  return [...new Set(missing.map(([, name]) => name))].sort();
}

async function installMissing(packages: string[], progress: Progress): Promise<void> {
  if (packages.length === 0) return;
  progress.step(`Installing Debian packages on this host: ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  try {
    await withoutServiceStarts(async () => {
      if ((await tryCommand("apt-get", install, { env })).exitCode === 0) return;
      // The package lists may be missing or old.
      await command("apt-get", ["update"], { env });
      await command("apt-get", install, { env });
    });
  } catch (error) {
    progress.failed();
    throw new Error(
      `cannot install ${packages.join(", ")}: ${(error as Error).message}\n` +
        `install them by hand: apt-get install ${packages.join(" ")}`,
      { cause: error },
    );
  }
  progress.done();
}

/** Packages are wanted for their programs: a service of theirs must not start on the host. */
async function withoutServiceStarts(work: () => Promise<void>): Promise<void> {
  const policy = "/usr/sbin/policy-rc.d";
  const ours = !fs.existsSync(policy);
  if (ours) fs.writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    if (ours) fs.rmSync(policy, { force: true });
  }
}

/** Tries what machines need of the kernel, where they will need it. */
async function kernelProblems(folder: string): Promise<string[]> {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const trial = path.join(folder, `trial-${randomBytes(4).toString("hex")}`);
  for (const name of ["lower", "upper", "work", "root"]) {
    fs.mkdirSync(path.join(trial, name), { recursive: true });
  }
  const script =
    "mount --make-rprivate / && mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root";
  const result = await tryCommand("unshare", ["--mount", "--net", "sh", "-c", script], {
    cwd: trial,
  });
  fs.rmSync(trial, { recursive: true, force: true });
  if (result.exitCode === 0) return [];
  return [
    `no overlay can be mounted below ${folder} in a namespace of its own (${result.stderr.trim()}): ` +
      "the kernel needs overlayfs, the folder a file system such as ext4, xfs or btrfs, and a " +
      "container the right to mount",
  ];
}
