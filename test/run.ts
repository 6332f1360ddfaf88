/**
 * Runs the phases of the test suite one after the other and ends with one line of totals.
 * `node -r ts-node/register/transpile-only test/run.ts [PHASE...]`
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const root = path.resolve(__dirname, "..");
const labwright = path.join(root, "bin/labwright");
/** A sandbox of the tests' own, beside the one of `make demo`. */
const sandbox = path.join(root, ".sandbox-test");

interface Phase {
  /** Paths or globs for mocha. */
  spec: string[];
  /** Runs inside the network of the tests' sandbox, with the engine in its environment. */
  inLab?: boolean;
}

const phases: Record<string, Phase> = {
  unit: { spec: ["test/unit/**/*.test.ts"] },
  conformance: { spec: ["test/conformance/**/*.test.ts"] },
  engine: {
    spec: [
      "test/e2e/engine/**/*.test.ts",
      "test/e2e/provider/**/*.test.ts",
      "test/e2e/package/**/*.test.ts",
    ],
  },
  sandbox: { spec: ["test/e2e/sandbox/**/*.test.ts"] },
  lab: { spec: labFiles(), inLab: true },
};

/** The files of the lab, those first that take longest: a long one that began last would run alone at the end. */
function labFiles(): string[] {
  const long = [
    "home/life",
    "postgres/kinds",
    "kinds/site",
    "stacks/two-stacks",
    "failures/killed",
    "postgres/database",
    "storage/ganesha-shares",
    "machines/passthrough",
    "kinds/timer",
    "kinds/unit",
    "kinds/package",
  ];
  const rank = (file: string): number => {
    const at = long.findIndex((name) => file.endsWith(`${name}.test.ts`));
    return at < 0 ? long.length : at;
  };
  return readdirSync(path.join(root, "test/e2e/lab"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join("test/e2e/lab", file))
    .sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
}

/** What test/reporter.cjs leaves of a phase. */
interface Totals {
  passes: number;
  failures: number;
  /** Title and first line of the error of each failure. */
  failed: string[];
}

const totals = mkdtempSync(path.join(tmpdir(), "labwright-test-"));
const totalsFile = path.join(totals, "totals.jsonl");
const env: NodeJS.ProcessEnv = {
  ...process.env,
  LABWRIGHT_SANDBOX: sandbox,
  LABWRIGHT_TEST_TOTALS: totalsFile,
};

/** True when the command ended with 0. */
function run(command: string, args: string[]): boolean {
  const result = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (result.error) throw result.error;
  return result.status === 0;
}

function runPhase(name: string, phase: Phase): boolean {
  console.log(`\n== ${name}`);
  const options = ["--no-config", "--require", "ts-node/register/transpile-only"];
  // Bounds for what hangs, not measurements: a busy machine may be many times slower than an idle one.
  const slow =
    name === "unit" ? ["--timeout", "60000"] : ["--timeout", "600000", "--slow", "30000"];
  const mocha = ["node_modules/.bin/mocha", ...options, "--require", "test/setup.ts"];
  mocha.push("--reporter", "test/reporter.cjs", "--exit", ...slow, ...phase.spec);
  if (!phase.inLab) return run(process.execPath, mocha);
  // Each file has machines of its own, and mostly waits for them.
  mocha.push("--parallel", "--jobs", "4");
  return (
    // What an interrupted run left behind is no ground to test on.
    run(labwright, ["sandbox", "down"]) &&
    run(labwright, ["sandbox", "up", "--kernel-machines"]) &&
    run(labwright, ["sandbox", "exec", "--", process.execPath, ...mocha])
  );
}

function main(): void {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in phases));
  if (unknown.length > 0) {
    throw new Error(`unknown phase ${unknown.join(", ")}: use ${Object.keys(phases).join(", ")}`);
  }
  const names = wanted.length > 0 ? wanted : Object.keys(phases);
  const broken = names.filter((name) => !runPhase(name, phases[name]!));
  if (names.some((name) => phases[name]!.inLab)) run(labwright, ["sandbox", "down"]);

  // A phase that never got as far as a test leaves no totals.
  const written = existsSync(totalsFile) ? readFileSync(totalsFile, "utf8") : "";
  const phasesRun = written
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Totals);
  rmSync(totals, { recursive: true });
  const passed = phasesRun.reduce((sum, { passes }) => sum + passes, 0);
  const failures = phasesRun.reduce((sum, { failures }) => sum + failures, 0);
  // Once more at the end, where somebody looks who has a long log only.
  const failed = phasesRun.flatMap((totals) => totals.failed);
  if (broken.length > 0) console.log(`\nfailed: ${[broken.join(", "), ...failed].join("\n  ")}`);
  console.log(`\n${passed} passed, ${Math.max(failures, broken.length)} failed`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}

main();
