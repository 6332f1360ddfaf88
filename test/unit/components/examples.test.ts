import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { containers, family } from "../../../examples/containers";
import { databases } from "../../../examples/database";
import { disks, kernel } from "../../../examples/disks";
import { nas } from "../../../examples/existing-host";
import { jobs } from "../../../examples/jobs";
import { lab } from "../../../examples/lab";
import { ganesha, storage } from "../../../examples/storage";
import "../../../examples/lab.test";
import { outputValue, recordLab, type RecordOptions } from "../../../testing";
import { host, node, publicKey } from "./lab-parts";

const root = path.join(__dirname, "../../..");

function sources(folder: string): [file: string, text: string][] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|md)$/.test(file))
    .map((file) => [`${folder}/${file}`, readFileSync(path.join(root, folder, file), "utf8")]);
}

/** Without line breaks and what the formatter adds at them. */
const plain = (text: string) => text.replace(/\s+/g, "").replace(/,(?=[)}\]])/g, "");

describe("examples/", () => {
  it("run", async () => {
    const made = await recordLab(() => lab(publicKey));
    assert.equal(made.ofType("proxmoxve:index/vmLegacy:VmLegacy").length, 3);
    const other = await recordLab(() => nas(publicKey, publicKey, pulumi.output("canary")));
    assert.deepEqual(other.get("backup-password").secrets, ["content"]);
    const data = await recordLab(() => databases(node()));
    assert.equal(data.ofType("labwright:postgres:HbaRule").length, 4);
    const boxes = await recordLab(() => containers(host()));
    assert.equal(boxes.ofType("labwright:nspawn:Machine").length, 2);
    const alike = await recordLab(() => family(host(), "0".repeat(64)));
    assert.equal(alike.ofType("labwright:nspawn:Image").length, 1);
    const shares = await recordLab(() => storage(publicKey));
    assert.equal(shares.ofType("labwright:nfs:Export").length, 2);
    const others = await recordLab(() => ganesha(publicKey));
    assert.equal(others.ofType("labwright:ganesha:Export").length, 1);
    const passed = await recordLab(() => disks(node({ rootSession: true })));
    const machine = passed.get("nas1", "proxmoxve:index/vmLegacy:VmLegacy");
    assert.equal((machine.inputs["disks"] as unknown[]).length, 2);
    assert.equal(machine.options.protect, true);
    const emulated = await recordLab(() => kernel(node()));
    assert.deepEqual(emulated.get("nas1", "proxmoxve:index/vmLegacy:VmLegacy").inputs["clone"], {
      vmId: 9001,
      full: true,
    });
    const own = await recordLab(() => jobs(publicKey, pulumi.secret("canary")));
    assert.ok(own.waitsFor(own.get("search-index", "command:remote:Command"), own.get("wiki")));
  });

  it("use one stack's zone in another", async () => {
    const load = createRequire(__filename);
    const run = (name: string, options: RecordOptions) =>
      recordLab(async () => {
        // A stack runs when it is loaded: once a recording.
        const file = load.resolve(`../../../examples/two-stacks/${name}.ts`);
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
        delete load.cache[file];
        const exported = load(file) as object | (() => Promise<unknown>);
        const outputs = typeof exported === "function" ? await exported() : exported;
        return outputValue(pulumi.output(outputs)) as Promise<Record<string, unknown>>;
      }, options);
    const home = await run("home", { config: { "lab:hostKey": publicKey } });
    const apps = await run("apps", { stacks: { home: home.value } });
    assert.equal(apps.get("printer", "labwright:dns:Record").inputs["zone"], "home.arpa");
  });

  const examples = sources("examples").map(([, text]) => plain(text));
  for (const [file, text] of ["components", "docs", "testing"].flatMap(sources))
    for (const [, block] of text.matchAll(/```ts\n([\s\S]*?)```/g))
      it(`have what the documentation in ${file} shows`, () => {
        const shown = plain(block!.replace(/^ *\* ?/gm, ""));
        assert.ok(
          examples.some((example) => example.includes(shown)),
          block,
        );
      });
});
