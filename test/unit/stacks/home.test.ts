import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { parse } from "yaml";
import { recordLab, type RecordedLab, type RecordOptions } from "../../../testing";
import type * as HomeStack from "../../../stacks/home";
import { publicKey } from "../components/lab-parts";

const root = path.join(__dirname, "../../..");

/** The stack's own settings, as `pulumi` hands them to the program. */
function settings(): Record<string, string> {
  const { config } = parse(readFileSync(path.join(root, "Pulumi.home.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
}

type Home = typeof HomeStack;

function home(options: RecordOptions = {}): Promise<RecordedLab<Home>> {
  return recordLab(
    () => {
      // A stack runs when it is loaded: once a recording.
      const load = createRequire(__filename);
      const file = load.resolve("../../../stacks/home.ts");
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
      delete load.cache[file];
      return load(file) as Home;
    },
    {
      config: { ...settings(), "proxmox:authorizedKeys": JSON.stringify([publicKey]) },
      ...options,
    },
  );
}

describe("stack home", () => {
  let lab: RecordedLab<Home>;
  before(async () => {
    lab = await home();
  });

  it("has four machines, each with its own address, MAC and id", () => {
    const machines = lab.ofType("proxmoxve:index/vmLegacy:VmLegacy").map(({ inputs }) => {
      const [device] = inputs["networkDevices"] as { macAddress: string }[];
      return [inputs["name"], inputs["vmId"], device!.macAddress];
    });
    assert.deepEqual(machines.sort(), [
      ["appvm1", 1090, "BC:24:11:4D:00:5A"],
      ["datavm1", 1070, "BC:24:11:4D:00:46"],
      ["netvm1", 1053, "BC:24:11:4D:00:35"],
      ["webvm1", 1080, "BC:24:11:4D:00:50"],
    ]);
  });

  it("lets one machine alone use the database", () => {
    const rules = lab
      .ofType("labwright:postgres:HbaRule")
      .map(({ inputs }) => [inputs["database"], inputs["user"], inputs["address"]]);
    assert.deepEqual(rules, [["guestbook", "guestbook", "10.77.0.90/32"]]);
  });

  it("boots the name server before the others", () => {
    const order = (name: string) =>
      (lab.get(name, "proxmoxve:index/vmLegacy:VmLegacy").inputs["startup"] as { order: number })
        .order;
    assert.ok(order("netvm1") < order("webvm1"));
    assert.ok(order("netvm1") < order("appvm1"));
  });

  it("has every machine and site in DNS, both ways for machines", () => {
    const records = lab
      .ofType("labwright:dns:Record")
      .map(
        ({ inputs }) =>
          `${String(inputs["name"])} ${String(inputs["type"])} ${String(inputs["values"])}`,
      );
    assert.deepEqual(records.sort(), [
      "53 PTR netvm1.home.arpa.",
      "70 PTR datavm1.home.arpa.",
      "80 PTR webvm1.home.arpa.",
      "90 PTR appvm1.home.arpa.",
      "@ TXT Welcome home",
      "appvm1 A 10.77.0.90",
      "datavm1 A 10.77.0.70",
      "git A 10.77.0.80",
      "webvm1 A 10.77.0.80",
      "wiki A 10.77.0.80",
      "www A 10.77.0.80",
    ]);
    assert.deepEqual(lab.get("dns-home.arpa", "labwright:bind:Zone").inputs["glue"], {
      "netvm1.home.arpa.": ["10.77.0.53"],
    });
  });

  it("passes git through, and ends TLS for the others", () => {
    const sites = lab
      .ofType("labwright:nginx:Site")
      .map(({ inputs }) => [inputs["name"], inputs["context"]]);
    assert.deepEqual(sites.sort(), [
      ["app", "http"],
      ["git.home.arpa", "stream"],
      ["wiki.home.arpa", "http"],
      ["www.home.arpa", "http"],
    ]);
  });

  it("lets no two resources own the same thing on one host", () => {
    const owned = lab.resources
      .filter(({ custom, inputs }) => custom && inputs["host"])
      .map(({ type, inputs }) => {
        const { address } = inputs["host"] as { address: string };
        const named = ["zone", "context", "path", "unit", "name", "type"].map(
          (field) => inputs[field] ?? "",
        );
        return [type, address, ...named].join(" ");
      });
    assert.deepEqual(
      owned.filter((thing, index) => owned.indexOf(thing) !== index),
      [],
    );
  });

  it("takes everything on a machine along when the machine goes", () => {
    for (const resource of lab.resources.filter(({ custom, inputs }) => custom && inputs["host"]))
      assert.match(
        resource.options.deletedWith ?? "",
        /vmLegacy:VmLegacy::/,
        `${resource.type} ${resource.name}`,
      );
  });

  it("gives what the demo asks for", () => {
    const { nameServer, machines, sites } = lab.value;
    assert.deepEqual(
      { nameServer, machines, sites },
      {
        nameServer: "10.77.0.53",
        machines: {
          netvm1: "10.77.0.53",
          webvm1: "10.77.0.80",
          datavm1: "10.77.0.70",
          appvm1: "10.77.0.90",
        },
        sites: {
          wiki: "https://wiki.home.arpa/",
          git: "https://git.home.arpa/",
          www: "https://www.home.arpa/",
        },
      },
    );
  });

  it("runs as a preview as well, with the same resources", async () => {
    const preview = await home({ preview: true });
    const urns = (recorded: RecordedLab<Home>) => recorded.resources.map(({ urn }) => urn).sort();
    assert.deepEqual(urns(preview), urns(lab));
  });

  it("keeps secrets in no plain input", () => {
    for (const { type, name, inputs, secrets } of lab.resources)
      if (JSON.stringify(inputs).includes("simulated private key"))
        assert.deepEqual(secrets, ["sourceRaw.data"], `${type} ${name}`);
  });
});
