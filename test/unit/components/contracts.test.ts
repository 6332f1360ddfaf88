import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  DnsRecord,
  type DnsZone,
  type Host,
  ProxiedSite,
  type RecordSpec,
  type ReverseProxy,
  type SiteSpec,
  Vm,
} from "../../../components";
import { outputValue, recordLab } from "../../../testing";
import { edge, host, node, zone } from "./lab-parts";

class Thing extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super("other:index:Thing", name, inputs, options);
  }
}

/** A zone of some other provider. */
class OtherZone implements DnsZone {
  readonly name = "home.arpa";
  readonly handle = pulumi.output({
    type: "labwright:DnsZone" as const,
    version: 1 as const,
    provider: "other",
    name: this.name,
  });
  conflicts() {
    return [];
  }
  addRecord(resourceName: string, record: RecordSpec, options?: pulumi.CustomResourceOptions) {
    return new Thing(resourceName, record, options);
  }
  reverseFor() {
    return undefined;
  }
}

/** A proxy of another kind. */
class OtherProxy implements ReverseProxy {
  readonly address = "10.77.0.80";
  readonly zones = [new OtherZone()];
  readonly service = "other";
  readonly handle = pulumi.output({
    type: "labwright:ReverseProxy" as const,
    version: 1 as const,
    provider: "other",
    address: this.address,
  });
  constructor(readonly host: Host) {}
  siteOf() {
    return undefined;
  }
  checkSettings() {
    return [{ field: "settings", fix: "this proxy has none" }].slice(1);
  }
  addSite(resourceName: string, site: SiteSpec, options?: pulumi.CustomResourceOptions) {
    return new Thing(resourceName, site, options);
  }
}

describe("components against contracts", () => {
  it("DnsRecord and Vm write into a zone of any provider", async () => {
    const lab = await recordLab(() => {
      new DnsRecord("mail", { zone: new OtherZone(), type: "CNAME", values: "Web" });
      new Vm("web", { on: node(), address: "10.77.0.80/24", zone: new OtherZone() });
    });
    assert.deepEqual(lab.get("mail", "other:index:Thing").inputs, {
      name: "mail",
      type: "CNAME",
      values: ["web.home.arpa."],
      ttl: 3600,
    });
    assert.equal(lab.get("web-a").parent, lab.get("web", "labwright:proxmox:Vm").urn);
  });

  it("ProxiedSite puts a site on a proxy of any kind", async () => {
    const lab = await recordLab(() => {
      new ProxiedSite("git", {
        proxy: new OtherProxy(host()),
        hostname: "git.home.arpa",
        passthrough: { address: "10.77.0.90", port: 8443 },
      });
    });
    assert.deepEqual(lab.get("git", "other:index:Thing").inputs, {
      hostnames: ["git.home.arpa"],
      mode: "passthrough",
      upstream: { address: "10.77.0.90", port: 8443 },
    });
    assert.deepEqual(lab.get("git-dns").inputs["values"], ["10.77.0.80"]);
  });
});

/** What holds for every zone: one suite, run for each implementation. */
for (const [name, make] of Object.entries<() => DnsZone>({
  BindZone: () => zone(),
  "BindZone's reverse zone": () => zone().reverseFor("10.77.0.1")!,
  OtherZone: () => new OtherZone(),
}))
  describe(`DnsZone: ${name}`, () => {
    it("has a handle that names it", async () => {
      const lab = await recordLab(async () => {
        const made = make();
        return { name: made.name, handle: await outputValue(made.handle) };
      });
      const { handle } = lab.value;
      assert.deepEqual(
        [handle.type, handle.version, handle.name],
        ["labwright:DnsZone", 1, lab.value.name],
      );
      assert.equal(lab.value.name, lab.value.name.toLowerCase());
      assert.ok(!lab.value.name.endsWith("."));
    });

    it("makes one resource of a record, under the parent it is given", async () => {
      const record: RecordSpec = { name: "x", type: "TXT", values: ["a", "b"], ttl: 60 };
      const lab = await recordLab(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        make().addRecord("record", record, { parent });
      });
      const made = lab.get("record");
      assert.equal(made.parent, lab.get("parent").urn);
      const { name, type, values, ttl } = made.inputs;
      assert.deepEqual({ name, type, values, ttl }, record);
    });
  });

/** What holds for every proxy. */
for (const [name, make] of Object.entries<() => ReverseProxy>({
  NginxProxy: () => edge().proxy,
  OtherProxy: () => new OtherProxy(host()),
}))
  describe(`ReverseProxy: ${name}`, () => {
    it("has a handle with the address that names point to", async () => {
      const lab = await recordLab(async () => {
        const made = make();
        return { address: made.address, handle: await outputValue(made.handle) };
      });
      const { handle, address } = lab.value;
      assert.deepEqual(
        [handle.type, handle.version, handle.address],
        ["labwright:ReverseProxy", 1, address],
      );
    });

    it("makes one resource of a site, after what it is told to wait for", async () => {
      const lab = await recordLab(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        const first = new Thing("first", {});
        make().addSite(
          "site",
          {
            hostnames: ["a.home.arpa"],
            mode: "passthrough",
            upstream: { address: "10.77.0.90", port: 443 },
          },
          { parent, dependsOn: [first] },
        );
      });
      assert.equal(lab.get("site").parent, lab.get("parent").urn);
      assert.ok(lab.get("site").dependencies.includes(lab.get("first").urn));
    });
  });
