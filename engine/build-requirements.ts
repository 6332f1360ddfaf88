import { existsSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";

import { formatIssues, type Issue } from "../validation/issue";
import { capture } from "./capture";
import { packageRoot } from "./package-root";
import { pulumiVersion } from "./versions";

/** What this machine has, as far as a build from Go modules asks. */
export interface BuildFacts {
  /** Go's version, e.g. "1.26.8"; undefined when there is no Go. */
  go: string | undefined;
  /** Whether Go may fetch a newer toolchain by itself (GOTOOLCHAIN other than local). */
  fetchesToolchain: boolean;
  /** The version our go.mod files ask for. */
  neededGo: string;
  /** Free space in MiB of each folder that a build writes to. */
  freeMiB: Record<string, number>;
  /** What a build writes at most, in MiB: less when the modules are there already. */
  neededMiB: number;
}

/** Modules and Go's build cache of both builds, measured with Go 1.26 on linux/amd64: 5.1 GB. */
const coldMiB = 6_000;
const warmMiB = 1_000;

/** What is missing for a build, each with its fix. Pure. */
export function buildIssues(facts: BuildFacts): Issue[] {
  const issues: Issue[] = [];
  const install = `install Go ${facts.neededGo} or newer, from https://go.dev/dl/ or your distribution`;
  if (facts.go === undefined) issues.push({ field: "go", value: undefined, fix: install });
  else if (!goRuns(facts.go, facts.neededGo, facts.fetchesToolchain)) {
    issues.push({ field: "go", value: facts.go, fix: install });
  }
  for (const [folder, free] of Object.entries(facts.freeMiB)) {
    if (free < facts.neededMiB) {
      issues.push({
        field: `free space in ${folder}`,
        value: `${free} MiB`,
        fix: `make room for ${facts.neededMiB} MiB, or point XDG_CACHE_HOME, GOCACHE or GOMODCACHE elsewhere`,
      });
    }
  }
  return issues;
}

/** Go 1.21 was the first that fetches the toolchain which a go.mod asks for. */
function goRuns(have: string, need: string, fetches: boolean): boolean {
  const minor = (version: string): number => Number(version.split(".")[1]?.match(/^\d+/)?.[0]);
  return minor(have) >= minor(need) || (fetches && minor(have) >= 21);
}

/** Refuses a build that cannot succeed, before it starts. */
export async function requireBuild(cache: string): Promise<void> {
  const issues = buildIssues(await gatherFacts(cache));
  if (issues.length > 0) throw new Error(formatIssues("a build from Go modules", issues));
}

async function gatherFacts(cache: string): Promise<BuildFacts> {
  const goMod = await readFile(join(packageRoot, "engine", "pulumi", "go.mod"), "utf8");
  const neededGo = /^go (\S+)$/m.exec(goMod)![1]!;
  // Outside of a module, or a Go that is too old would refuse to answer.
  const answer = await capture(
    "go",
    ["env", "-json", "GOVERSION", "GOTOOLCHAIN", "GOCACHE", "GOMODCACHE"],
    {
      seconds: 20,
      cwd: "/",
    },
  ).catch(() => undefined);
  if (answer?.code !== 0) {
    const freeMiB = { [cache]: await freeSpace(cache) };
    return { go: undefined, fetchesToolchain: false, neededGo, freeMiB, neededMiB: coldMiB };
  }
  const env = JSON.parse(answer.stdout) as Record<string, string>;
  const modules = env.GOMODCACHE!;
  const warm = existsSync(join(modules, "github.com/pulumi/pulumi/pkg", `v3@v${pulumiVersion}`));
  const freeMiB: Record<string, number> = {};
  for (const folder of [cache, env.GOCACHE!, modules]) freeMiB[folder] = await freeSpace(folder);
  return {
    go: env.GOVERSION!.replace(/^go/, ""),
    fetchesToolchain: env.GOTOOLCHAIN !== undefined && env.GOTOOLCHAIN !== "local",
    neededGo,
    freeMiB,
    neededMiB: warm ? warmMiB : coldMiB,
  };
}

/** Free space in MiB for a folder that may not be there yet. */
async function freeSpace(folder: string): Promise<number> {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return Math.floor((bavail * bsize) / 1024 / 1024);
}
