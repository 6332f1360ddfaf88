import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { ensureEngine, streamProgress, type Engine } from "../../../engine";
import { TinyProject } from "./tiny-project";

const up = ["up", "--yes", "--skip-preview"];

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tenths = 0; tenths < 200; tenths++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never: ${what}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A dead process that nobody has collected is still there for kill().
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("a Node program on the engine", function () {
  this.timeout("30m");
  let engine: Engine;
  let project: TinyProject;

  before(async () => {
    engine = await ensureEngine(streamProgress());
    project = new TinyProject(engine);
    await project.must("stack", "init", "dev");
    await project.must("config", "set", "name", "world");
    await project.must("config", "set", "--secret", "key", "canary-7f3a");
  });
  after(() => {
    project.remove();
  });

  it("gets its configuration, secrets included, and gives its outputs", async () => {
    project.write(
      "index.ts",
      `import * as pulumi from "@pulumi/pulumi";
      const config = new pulumi.Config();
      new pulumi.ComponentResource("tiny:index:Part", "part");
      export const greeting: string = "hello " + config.require("name");
      export const length = config.requireSecret("key").apply((key) => key.length);
      export const key = config.requireSecret("key");
      export const where = [pulumi.getProject(), pulumi.getStack(), pulumi.getOrganization()].join("/");
      console.log("a line of the program");`,
    );
    const output = await project.must(...up);
    assert.match(output, /a line of the program/);
    assert.match(output, /\+ 2 created/);
    assert.ok(!output.includes("canary-7f3a"));
    const outputs = await project.must("stack", "output", "--json", "--show-secrets");
    assert.deepEqual(JSON.parse(outputs), {
      greeting: "hello world",
      key: "canary-7f3a",
      length: 11,
      where: "tiny/dev/organization",
    });
  });

  it("is told in a preview that it is one", async () => {
    project.write(
      "index.ts",
      `import * as pulumi from "@pulumi/pulumi";
      console.log(pulumi.runtime.isDryRun() ? "only looking" : "doing it");`,
    );
    assert.match(await project.must("preview"), /only looking/);
  });

  it("is compiled without type checking", async () => {
    project.write("index.ts", `const answer: string = 42 as never as number; export { answer };`);
    await project.must(...up);
  });

  const failing: [string, string, RegExp, RegExp][] = [
    ["an error of its own", `throw new Error("no such luck");`, /Error: no such luck/, /exited/],
    [
      "a RunError without a stack trace",
      `import * as pulumi from "@pulumi/pulumi"; throw new pulumi.RunError("calm words");`,
      /error: calm words\n/,
      / {4}at |exited/,
    ],
    ["an exit code", `process.exit(7);`, /program exited with non-zero exit code: 7/, /undefined/],
    ["a signal", `process.kill(process.pid, "SIGKILL");`, /program was ended by SIGKILL/, /null/],
    ["text that is no TypeScript", `const = ;`, /TSError|SyntaxError/, /null/],
  ];
  for (const [what, program, says, saysNot] of failing) {
    it(`fails the update with ${what}`, async () => {
      project.write("index.ts", program);
      const { code, output } = await project.run(...up);
      assert.ok(code !== null && code > 0, output);
      assert.match(output, says);
      assert.doesNotMatch(output, saysNot);
    });
  }

  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    it(`ends with the engine when that gets ${signal}`, async () => {
      project.write(
        "index.ts",
        `require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1000);`,
      );
      const pidFile = join(project.folder, "pid");
      const { child, finished } = project.start(up);
      await until("the program runs", () => existsSync(pidFile));
      const pid = Number(readFileSync(pidFile, "utf8"));
      assert.ok(isAlive(pid));
      child.kill(signal);
      await finished;
      await until("the program has ended", () => !isAlive(pid));
      await project.run("cancel", "--yes");
      project.write("index.ts", "");
      await project.must(...up);
      rmSync(pidFile);
    });
  }

  it("takes node's own arguments and compiler settings from Pulumi.yaml", async () => {
    const other = new TinyProject(
      engine,
      `{name: nodejs, options: {nodeargs: "--title=tiny --no-deprecation", typescript: false}}`,
    );
    try {
      other.write("package.json", `{"main": "index.js"}`);
      other.write("index.js", `exports.args = process.execArgv.join(" ");`);
      await other.must("stack", "init", "dev");
      await other.must(...up);
      const outputs = await other.must("stack", "output", "--json");
      assert.deepEqual(JSON.parse(outputs), { args: "--title=tiny --no-deprecation" });
    } finally {
      other.remove();
    }
  });

  it("is described by `pulumi about`", async () => {
    project.write("index.ts", "");
    const about = JSON.parse(await project.must("about", "--json")) as {
      runtime: { executable: string; version: string };
      dependencies: { name: string; version: string }[];
    };
    assert.match(about.runtime.version, /\d+\.\d+\.\d+$/);
    assert.ok(about.dependencies.some(({ name }) => name === "@pulumi/pulumi"));
  });
});
