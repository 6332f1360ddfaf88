import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  type CertificateAuthority,
  DnsRecord,
  type DnsZone,
  type Host,
  labReference,
  ProxiedSite,
  type RecordSpec,
  type ReverseProxy,
  type SiteSpec,
  Vm,
} from "../../../components";
import { outputValue, recordLab, type RecordOptions } from "../../../testing";
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

/** What a stack with zone, proxy and authority has to offer others. */
function offered() {
  const { lan, ca, proxy } = edge();
  return { handles: { lan: lan.handle, ca: ca.handle, proxy: proxy.handle } };
}

const home = () => labReference<typeof offered>("home");

/** Records what uses a contract; that of another stack, too. */
async function using<T>(program: () => T | Promise<T>) {
  const outputs = await recordLab(() => outputValue(pulumi.output(offered())));
  const stacks = { home: outputs.value } as RecordOptions["stacks"];
  return recordLab(program, { stacks });
}

/** What holds for every zone: one suite, run for each implementation. */
for (const [name, make] of Object.entries<() => DnsZone | Promise<DnsZone>>({
  BindZone: () => zone(),
  "BindZone's reverse zone": () => zone().reverseFor("10.77.0.1")!,
  OtherZone: () => new OtherZone(),
  "zone of another stack": async () => (await home()).lan,
  "reverse zone of another stack": async () => (await home()).lan.reverseFor("10.77.0.1")!,
}))
  describe(`DnsZone: ${name}`, () => {
    it("has a handle that names it", async () => {
      const lab = await using(async () => {
        const made = await make();
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
      const lab = await using(async () => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        (await make()).addRecord("record", record, { parent });
      });
      const made = lab.get("record");
      assert.equal(made.parent, lab.get("parent").urn);
      const { name, type, values, ttl } = made.inputs;
      assert.deepEqual({ name, type, values, ttl }, record);
    });
  });

/** What holds for every proxy. */
for (const [name, make] of Object.entries<() => ReverseProxy | Promise<ReverseProxy>>({
  NginxProxy: () => edge().proxy,
  OtherProxy: () => new OtherProxy(host()),
  "proxy of another stack": async () => (await home()).proxy,
}))
  describe(`ReverseProxy: ${name}`, () => {
    it("has a handle with the address that names point to", async () => {
      const lab = await using(async () => {
        const made = await make();
        return { address: made.address, handle: await outputValue(made.handle) };
      });
      const { handle, address } = lab.value;
      assert.deepEqual(
        [handle.type, handle.version, handle.address],
        ["labwright:ReverseProxy", 1, address],
      );
    });

    it("makes one resource of a site, after what it is told to wait for", async () => {
      const lab = await using(async () => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        const first = new Thing("first", {});
        (await make()).addSite(
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

/** What holds for every authority. */
for (const [name, make] of Object.entries<() => Promise<CertificateAuthority>>({
  LabCa: () => Promise.resolve(edge().ca),
  "authority of another stack": async () => (await home()).ca,
}))
  describe(`CertificateAuthority: ${name}`, () => {
    it("has a handle with its certificate", async () => {
      const lab = await using(async () => {
        const made = await make();
        return outputValue(pulumi.output([made.handle, made.certificatePem] as const));
      });
      const [handle, certificatePem] = lab.value;
      assert.deepEqual(
        [handle.type, handle.version, handle.certificatePem],
        ["labwright:CertificateAuthority", 1, certificatePem],
      );
    });

    it("puts a certificate on a host, under the parent it is given", async () => {
      const lab = await using(async () => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        const spec = { host: host("mail"), name: "mail", dnsNames: ["mail.home.arpa"] };
        const issued = (await make()).issue("certificate", spec, { parent });
        return outputValue(pulumi.output([issued.certificatePath, issued.keyPath]));
      });
      const made = lab.get("certificate");
      assert.equal(made.parent, lab.get("parent").urn);
      assert.deepEqual(made.inputs["dnsNames"], ["mail.home.arpa"]);
      assert.equal(made.inputs["validityDays"], 90);
      assert.equal((made.inputs["authority"] as { name: string }).name, "ca");
      assert.equal(lab.value.length, 2);
    });
  });
