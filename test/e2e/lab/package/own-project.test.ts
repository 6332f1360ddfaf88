import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as ts from "typescript";

import { fetchHttps, nameServer } from "../../support/requests";
import { deleteMachine } from "../../support/machine";

const root = path.resolve(__dirname, "../../../..");
const ADDRESS = "10.77.0.211";
const VM = 1211;

/**
 * A project somewhere else, made by `pulumi new` from the package's template, with the files that npm would publish in
 * its node_modules. What the package depends on is this checkout's, because a lab's network has no registry.
 */
describe("A project of one's own, from the template", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "labwright-own-"));
  const project = path.join(folder, "my-lab");
  const installed = path.join(project, "node_modules/labwright");
  const run = (file: string, ...args: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      execFile(file, args, { cwd: project, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        if (error)
          reject(new Error(`${file} ${args.join(" ")}: ${error.message}\n${stdout}${stderr}`));
        else resolve(stdout);
      });
    });
  const pulumi = (...args: string[]) =>
    run("pulumi", ...args, "--non-interactive", "--color", "never");
  const summary = (output: string) => /Resources:\n((?: +\S.*\n)+)/.exec(output)?.[1] ?? output;

  before(async () => {
    const packed = path.join(folder, "packed");
    mkdirSync(packed);
    const [report] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
        cwd: root,
        encoding: "utf8",
      }),
    ) as [{ filename: string }];
    execFileSync("tar", ["-xzf", path.join(folder, report.filename), "-C", packed]);
    // First the package, then the template in it: the project names the provider's folder.
    mkdirSync(path.join(project, "node_modules"), { recursive: true });
    execFileSync("cp", ["-a", path.join(packed, "package"), installed]);
    await pulumi(
      "new",
      "node_modules/labwright/template",
      "--generate-only",
      "--yes",
      "--force",
      "--name",
      "my-lab",
      "--description",
      "Mine",
    );
    for (const name of readdirSync(path.join(root, "node_modules")))
      if (!existsSync(path.join(project, "node_modules", name)))
        symlinkSync(
          path.join(root, "node_modules", name),
          path.join(project, "node_modules", name),
        );
  });

  after(async () => {
    await pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev").catch(() => undefined);
    await pulumi("stack", "rm", "--yes", "--force", "dev").catch(() => undefined);
    await deleteMachine(VM);
    rmSync(folder, { recursive: true, force: true });
  });

  it("has its own name and description, and the provider of the package", () => {
    const text = readFileSync(path.join(project, "Pulumi.yaml"), "utf8");
    assert.match(text, /^name: my-lab$/m);
    assert.match(text, /^description: Mine$/m);
    assert.match(text, /path: node_modules\/labwright\/provider/);
    const { name, dependencies } = JSON.parse(
      readFileSync(path.join(project, "package.json"), "utf8"),
    ) as { name: string; dependencies: Record<string, string> };
    assert.equal(name, "my-lab");
    const own = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
      version: string;
      dependencies: Record<string, string>;
    };
    assert.equal(dependencies["labwright"], `^${own.version}`);
    assert.equal(dependencies["@pulumi/pulumi"], own.dependencies["@pulumi/pulumi"]);
  });

  it("is checked by tsc in strict mode", async () => {
    await run(process.execPath, "node_modules/typescript/bin/tsc", "-p", ".");
  });

  it("shows the documentation of every field in an editor", () => {
    const file = path.join(installed, "dist/components/index.d.ts");
    const program = ts.createProgram([file], {
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      target: ts.ScriptTarget.ES2022,
      types: [],
      skipLibCheck: true,
    });
    const checker = program.getTypeChecker();
    const exported = checker.getExportsOfModule(
      checker.getSymbolAtLocation(program.getSourceFile(file)!)!,
    );
    const documented = (symbol: ts.Symbol) =>
      ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== "";
    const missing: string[] = [];
    let fields = 0;
    for (const symbol of exported) {
      if (!symbol.name.endsWith("Args")) continue;
      const declared = checker.getDeclaredTypeOfSymbol(
        symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
      );
      for (const type of declared.isUnion() ? declared.types : [declared])
        for (const field of type.getProperties()) {
          fields++;
          if (!documented(field)) missing.push(`${symbol.name}.${field.name}`);
        }
    }
    assert.ok(fields > 150, `${fields} fields`);
    assert.deepEqual(missing, []);
  });

  it("comes up, answers, has nothing to do after that, and goes again", async () => {
    await pulumi("stack", "init", "dev");
    for (const [key, value] of Object.entries({
      "proxmox:node": "pve1",
      "proxmox:datastore": "local",
      "proxmox:snippetsDatastore": "local",
      "proxmox:template": "9000",
      "proxmox:gateway": "10.77.0.1",
      address: `${ADDRESS}/24`,
      domain: "own.arpa",
    }))
      await pulumi("config", "set", key, value);
    const up = () => pulumi("up", "--yes", "--skip-preview", "--stack", "dev");
    assert.match(summary(await up()), /^ +\+ \d+ created\n$/);
    const outputs = JSON.parse(await pulumi("stack", "output", "--json")) as Record<string, string>;
    assert.equal(outputs["site"], "https://www.own.arpa/");
    const names = nameServer(ADDRESS);
    assert.deepEqual(await names.resolve4("www.own.arpa"), [ADDRESS]);
    const site = { address: ADDRESS, hostname: "www.own.arpa", ca: outputs["caCertificate"] };
    assert.match((await fetchHttps(site)).body, /<h1>My lab<\/h1>/);
    assert.match(summary(await up()), /^ +\d+ unchanged\n$/);
    const destroyed = await pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev");
    assert.match(summary(destroyed), /^ +- \d+ deleted\n$/);
  });
});
