import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as https from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { ensureEngine, streamProgress, type Engine } from "../../../engine";
import { kindSchemas } from "../../../provider/kinds/schemas";

const root = path.join(__dirname, "../../..");

const program = `
import * as pulumi from "@pulumi/pulumi";
import { BindServer, existingHost, ProxmoxNode, Vm } from "labwright";
import { host } from "labwright/resources";

export function lab() {
  const ns = existingHost({ name: "ns", address: "192.0.2.53", hostKey: new pulumi.Config("own-lab").require("hostKey") });
  const zone = new BindServer("dns", { host: ns }).zone("home.arpa");
  new host.File("motd", { host: ns.connection, path: "/etc/motd", content: "welcome\\n" });
  return zone.handle;
}

export function machine(pve: ProxmoxNode): pulumi.Output<string> {
  return pulumi.output(new Vm("web", { on: pve, address: "192.0.2.80/24" }).host.connection.machineId);
}
`;

const wrongProgram = `
import { existingHost } from "labwright";
existingHost({ name: "ns", adress: "192.0.2.53", hostKey: "ssh-ed25519 AAAA" });
`;

const unitTest = `
const assert = require("node:assert/strict");
const { recordLab } = require("labwright/testing");
const { lab } = require("./lab");
recordLab(lab, { config: { "own-lab:hostKey": process.argv[2] } }).then((recorded) => {
  assert.equal(recorded.get("motd", "labwright:host:File").inputs.path, "/etc/motd");
  console.log("recorded " + recorded.ofType("labwright:bind:Zone").length + " zone");
});
`;

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFxDEUF8uLwp4LFe2YmGTZVKj2Wg9cFDXcJcK7dqUQ0f";

/** What is read from the package's folder at run time, as the sources have it. */
function filesReadAtRunTime(): string[] {
  const listed = execFileSync("git", ["ls-files", "provider", "engine", "bin", "sandbox"], {
    cwd: root,
    encoding: "utf8",
  });
  return listed
    .split("\n")
    .filter((file) => /\.(sh|mod|sum|go|json)$|^bin\/|\/pulumi-[^./]+$/.test(file))
    .map((file) => (file.endsWith(".json") ? `dist/${file}` : file));
}

describe("the npm package", function () {
  this.timeout("20m");
  const folder = mkdtempSync(path.join(tmpdir(), "labwright-package-"));
  const project = path.join(folder, "own-lab");
  const installed = path.join(project, "node_modules/labwright");
  let packed: string[];
  let engine: Engine;

  /** Ends well, or rejects with all that was printed. */
  const run = (file: string, args: string[], cwd = project): Promise<string> =>
    new Promise((resolve, reject) => {
      // npm hands its own settings down to what it starts; this project has none of them.
      const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
      const env: NodeJS.ProcessEnv = {
        ...Object.fromEntries(own),
        ...engine.env,
        PATH: `${engine.binDir}:${process.env["PATH"]}`,
        PULUMI_BACKEND_URL: `file://${folder}/state`,
        PULUMI_CONFIG_PASSPHRASE: "a package",
      };
      execFile(file, args, { cwd, env, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        if (error)
          reject(new Error(`${file} ${args.join(" ")}: ${error.message}\n${stdout}${stderr}`));
        else resolve(stdout);
      });
    });
  const tsc = (...args: string[]) => run("node_modules/.bin/tsc", ["-p", ".", ...args]);

  before(async () => {
    engine = await ensureEngine(streamProgress());
    mkdirSync(path.join(folder, "state"));
    mkdirSync(project);
    const write = (file: string, text: string): void => {
      writeFileSync(path.join(project, file), text);
    };
    write("package.json", '{ "name": "own-lab", "private": true, "main": "index.ts" }\n');
    write(
      "tsconfig.json",
      '{ "compilerOptions": { "strict": true, "module": "Node16", "target": "ES2022", "lib": ["ES2023"], "types": [] }, "files": ["lab.ts", "index.ts"] }\n',
    );
    write("lab.ts", program);
    write("index.ts", 'import { lab } from "./lab";\nexport const zone = lab();\n');
    write("unit-test.js", unitTest);
    write(
      "Pulumi.yaml",
      "name: own-lab\nruntime: nodejs\nplugins:\n  providers:\n    - name: labwright\n      path: node_modules/labwright/provider\n",
    );

    const [report] = JSON.parse(
      await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
    ) as [{ filename: string; files: { path: string }[] }];
    packed = report.files.map((file) => file.path);
    const tarball = path.join(folder, report.filename);
    const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    await run("npm", ["install", ...quietly, tarball, "@pulumi/pulumi"]);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("has what is read at run time", () => {
    const wanted = filesReadAtRunTime();
    assert.ok(wanted.length > 15, wanted.join(" "));
    assert.deepEqual(
      wanted.filter((file) => !packed.includes(file)),
      [],
    );
    const { bin, exports } = JSON.parse(
      readFileSync(path.join(installed, "package.json"), "utf8"),
    ) as { bin: Record<string, string>; exports: Record<string, string | Record<string, string>> };
    const entries = [...Object.values(bin), ...Object.values(exports)];
    for (const file of entries.flatMap((entry) =>
      typeof entry === "string" ? entry : Object.values(entry),
    ))
      assert.ok(existsSync(path.join(installed, file)), file);
  });

  it("has nothing of the tests, the stacks or the tools", () => {
    const top = [...new Set(packed.map((file) => file.split("/")[0]!))];
    const expected = [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin",
      "dist",
      "docs",
      "engine",
      "package.json",
      "provider",
      "template",
    ];
    assert.deepEqual(top.sort(), expected);
    assert.deepEqual(
      packed.filter((file) =>
        /^dist\/(tools|test|stacks|examples)\/|\.tsbuildinfo$|(^|\/)\.sandbox/.test(file),
      ),
      [],
    );
  });

  it("gives an own project one copy of Pulumi's SDK", () => {
    assert.ok(existsSync(path.join(project, "node_modules/@pulumi/pulumi")));
    assert.ok(!existsSync(path.join(installed, "node_modules/@pulumi/pulumi")));
  });

  it("has types that a strict program is checked against", async () => {
    await tsc("--noEmit");
    writeFileSync(path.join(project, "wrong.ts"), wrongProgram);
    await assert.rejects(
      run("node_modules/.bin/tsc", [
        "--noEmit",
        "--strict",
        "--module",
        "Node16",
        "--target",
        "ES2022",
        "--skipLibCheck",
        "wrong.ts",
      ]),
      /'adress' does not exist/,
    );
  });

  it("records a lab for its unit tests", async () => {
    await tsc();
    try {
      assert.match(await run(process.execPath, ["unit-test.js", hostKey]), /recorded 1 zone/);
    } finally {
      for (const file of ["lab.js", "index.js"]) rmSync(path.join(project, file));
    }
  });

  it("previews an own project with the provider in node_modules", async () => {
    await run("pulumi", ["stack", "init", "dev"]);
    await run("pulumi", ["config", "set", "hostKey", hostKey]);
    const output = await run("pulumi", ["preview", "--non-interactive", "--color", "never"]);
    assert.match(output, /labwright:bind:Zone .* create/);
    assert.match(output, /labwright:host:File +motd +create/);
  });

  it("gives the provider's schema from node_modules", async () => {
    const plugin = "./node_modules/labwright/provider/pulumi-resource-labwright";
    const schema = JSON.parse(await run("pulumi", ["package", "get-schema", plugin])) as {
      version: string;
      resources: object;
    };
    assert.deepEqual(
      Object.keys(schema.resources).sort(),
      kindSchemas.map(({ token }) => token).sort(),
    );
  });

  it("finds the engine that is cached, with its commands", async () => {
    const report = JSON.parse(await run("node_modules/.bin/labwright", ["engine", "--json"])) as {
      pulumi: string;
    };
    assert.equal(report.pulumi, engine.pulumi);
  });

  it("serves the Proxmox VE API, with its commands", async () => {
    const port = await freePort();
    const token = "00000000-0000-4000-8000-000000000000";
    const child = spawn(
      "node_modules/.bin/labwright",
      [
        "sandbox",
        "api",
        "--listen",
        `127.0.0.1:${port}`,
        "--state",
        path.join(folder, "api"),
      ].concat(["--token", `root@pam!test=${token}`]),
      { cwd: project, stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    child.stderr.on("data", (data: Buffer) => (said += data.toString()));
    const ended = once(child, "exit");
    try {
      const headers = { authorization: `PVEAPIToken=root@pam!test=${token}` };
      for (;;) {
        const answer = await get(`https://127.0.0.1:${port}/api2/json/nodes`, headers).catch(
          () => "",
        );
        if (answer !== "") {
          assert.match(answer, /"node":"pve1"/);
          break;
        }
        assert.equal(child.exitCode, null, said);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    } finally {
      child.kill();
      await ended;
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function get(url: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get(url, { headers, rejectUnauthorized: false }, (response) => {
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      response.on("end", () => {
        resolve(text);
      });
    });
    request.on("error", reject);
  });
}
