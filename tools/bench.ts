/**
 * `make bench`: measures in a sandbox of its own and writes docs/benchmarks.md. Names of sections (home, clone, operations,
 * containers, sizes) measure only these and write nothing.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { format } from "prettier";

import { cacheFolder } from "../engine/cache-folder";
import { packageRoot } from "../engine/package-root";
import { machineFacts } from "./bench/facts";
import { renderReport, type Section } from "./bench/report";

const labwright = path.join(packageRoot, "bin/labwright");
const results = path.join(packageRoot, "docs/benchmarks.md");

/**
 * A cache folder that has the engine and the base image of the usual one, and no packages yet: the first life of a lab in it
 * is cold, without taking from others what they have cached.
 */
function makeColdCache(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "labwright-bench-cache-"));
  mkdirSync(path.join(folder, "labwright"));
  for (const part of ["engine", "base"]) {
    const usual = path.join(cacheFolder(), part);
    mkdirSync(usual, { recursive: true });
    symlinkSync(usual, path.join(folder, "labwright", part));
  }
  return folder;
}

function main(sections: string[]): void {
  const cache = makeColdCache();
  const env = {
    ...process.env,
    LABWRIGHT_SANDBOX: path.join(packageRoot, ".sandbox-bench"),
    XDG_CACHE_HOME: cache,
  };
  const run = (...args: string[]): number => {
    const { status, error } = spawnSync(labwright, args, {
      cwd: packageRoot,
      env,
      stdio: "inherit",
    });
    if (error) throw error;
    return status ?? 1;
  };
  const tables = path.join(cache, "tables.json");
  const start = Date.now();
  // What is interrupted is taken down all the same.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
  try {
    // One that an earlier call left behind is not a fresh one.
    run("sandbox", "down");
    if (run("sandbox", "up") !== 0) throw new Error("the sandbox did not come up");
    const facts = machineFacts();
    for (const [name, value] of facts) console.log(`${name.padEnd(12)} ${value}`);
    const measure = path.join(__dirname, "bench/measure.js");
    process.exitCode = run("sandbox", "exec", "--", process.execPath, measure, tables, ...sections);
    if (!existsSync(tables)) throw new Error("nothing was measured");
    facts.push(["Measured in", `${Math.round((Date.now() - start) / 60_000)} minutes`]);
    if (sections.length === 0)
      void write(facts, JSON.parse(readFileSync(tables, "utf8")) as Section[]);
  } finally {
    run("sandbox", "down");
    rmSync(cache, { recursive: true, force: true });
  }
}

async function write(facts: [string, string][], tables: Section[]): Promise<void> {
  writeFileSync(results, await format(renderReport(facts, tables), { parser: "markdown" }));
  console.log(`\nwrote ${path.relative(process.cwd(), results)}`);
}

main(process.argv.slice(2));
