import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { outputValue, recordLab, type RecordedLab, type RecordOptions } from "../../../testing";
import { publicKey } from "../components/lab-parts";

const settings = {
  "proxmox:node": "pve1",
  "proxmox:template": "9000",
  "proxmox:gateway": "10.77.0.1",
  "proxmox:authorizedKeys": JSON.stringify([publicKey]),
};

/** Runs a stack of this checkout as index.ts does; gives its outputs. */
function run(stack: string, options: RecordOptions) {
  return recordLab(
    async () => {
      // A stack runs when it is loaded: once a recording.
      const load = createRequire(__filename);
      const file = load.resolve(`../../../stacks/${stack}.ts`);
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
      delete load.cache[file];
      const exported = load(file) as object | (() => Promise<object>);
      const outputs = typeof exported === "function" ? await exported() : exported;
      return outputValue(pulumi.output(outputs)) as Promise<Record<string, unknown>>;
    },
    { project: "homelab", stack, ...options },
  );
}

describe("stack apps", () => {
  let home: RecordedLab<Record<string, unknown>>;
  let apps: RecordedLab<Record<string, unknown>>;
  before(async () => {
    home = await run("home", { config: settings });
    apps = await run("apps", { stacks: { home: home.value } });
  });

  it("makes no machine, and puts what it makes on the home's", () => {
    assert.deepEqual(apps.ofType("proxmoxve:index/vmLegacy:VmLegacy"), []);
    const address = (name: string, type: string) =>
      (apps.get(name, type).inputs["host"] as { address: string }).address;
    assert.equal(address("printer", "labwright:dns:Record"), "10.77.0.53");
    assert.equal(address("notes", "labwright:nginx:Site"), "10.77.0.80");
    assert.equal(address("notes-server", "labwright:nginx:Site"), "10.77.0.90");
    assert.equal(address("notes", "labwright:postgres:Database"), "10.77.0.70");
  });

  it("owns nothing that the home owns, but for packages and services", () => {
    const owned = ({ resources }: RecordedLab<unknown>) =>
      resources
        .filter(
          ({ custom, inputs, type }) =>
            custom && inputs["host"] && !/:(Package|Service)$/.test(type),
        )
        .map(({ type, inputs }) => {
          const { address } = inputs["host"] as { address: string };
          const named = ["zone", "context", "path", "unit", "name", "type", "database", "user"].map(
            (field) => inputs[field] ?? "",
          );
          return [type, address, ...named].join(" ");
        });
    const homes = owned(home);
    assert.deepEqual(
      owned(apps).filter((thing) => homes.includes(thing)),
      [],
    );
  });

  it("runs as a preview as well, with the same resources", async () => {
    const preview = await run("apps", { preview: true, stacks: { home: home.value } });
    const urns = (recorded: RecordedLab<unknown>) =>
      recorded.resources.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(preview), urns(apps));
  });

  it("has the home look after the hosts that it uses", () => {
    const hosts = home.get("offer", "labwright:lab:Offer").inputs["hosts"] as object;
    assert.deepEqual(Object.keys(hosts).sort(), ["appvm1", "datavm1", "netvm1", "webvm1"]);
  });
});
