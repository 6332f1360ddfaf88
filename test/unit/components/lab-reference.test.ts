import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DnsRecord, LabCa, labReference, NginxProxy, ProxiedSite, Vm } from "../../../components";
import { outputValue, recordLab, type RecordedLab, type RecordOptions } from "../../../testing";
import { host, node, server, zone } from "./lab-parts";

/** A lab that offers things, as its module would export them. */
function home() {
  const dns = server(host("ns", "10.77.0.53"));
  const lan = zone(dns);
  const web = host("web", "10.77.0.80");
  const ca = new LabCa("ca", { host: dns.host, certificateDays: 30, renewBeforeDays: 10 });
  const proxy = new NginxProxy("proxy", { host: web, zone: lan, certificates: ca });
  return {
    handles: { lan: lan.handle, box: host().handle, ca: ca.handle, proxy: proxy.handle },
  };
}
type Home = ReturnType<typeof home>;

/** What the stack has in its outputs once it is up. */
async function homeOutputs(): Promise<Record<string, unknown>> {
  const lab = await recordLab(() => outputValue(pulumi.output(home())));
  return lab.value as Record<string, unknown>;
}

/** Records a program that uses that lab. */
async function using<T>(
  program: (home: Awaited<ReturnType<typeof labReference<Home>>>) => T,
  options: RecordOptions = {},
): Promise<RecordedLab<T>> {
  const stacks = { home: await homeOutputs() };
  return recordLab(async () => program(await labReference<Home>("home")), { stacks, ...options });
}

describe("labReference()", () => {
  for (const preview of [false, true])
    it(`adds a record to another stack's zone${preview ? ", in a preview" : ""}`, async () => {
      const lab = await using(
        ({ lan }) => {
          new DnsRecord("printer", { zone: lan, type: "A", values: "10.77.0.40" });
        },
        { preview },
      );
      const record = lab.get("printer", "labwright:dns:Record");
      const { host: at, ...own } = record.inputs;
      assert.deepEqual(own, {
        zone: "home.arpa",
        name: "printer",
        type: "A",
        values: ["10.77.0.40"],
        ttl: 3600,
      });
      assert.equal((at as { address: string }).address, "10.77.0.53");
      assert.match((at as { machineId: string }).machineId, /^[0-9a-f]{32}$/);
      assert.deepEqual(record.unknowns, []);
      assert.equal(record.options.deletedWith, undefined);
    });

  it("asks for nothing that the other stack has made", async () => {
    const lab = await using(() => undefined);
    assert.deepEqual(
      lab.resources.map(({ type, name }) => `${type} ${name}`),
      ["pulumi:pulumi:StackReference home"],
    );
  });

  it("puts a site on another stack's proxy: certificate, site, folder and name", async () => {
    const lab = await using(({ proxy, box }) => {
      new ProxiedSite("wiki", {
        proxy,
        hostname: "wiki.home.arpa",
        upstream: { host: box, port: 8080 },
      });
      new ProxiedSite("www", { proxy, hostname: "www.home.arpa", files: { "index.html": "hi" } });
    });
    const address = (name: string, type: string) =>
      (lab.get(name, type).inputs["host"] as { address: string }).address;
    assert.equal(address("wiki", "labwright:nginx:Site"), "10.77.0.80");
    assert.equal(address("wiki-dns", "labwright:dns:Record"), "10.77.0.53");
    assert.equal(address("www-file-index.html", "labwright:host:File"), "10.77.0.80");
    const certificate = lab.get("wiki-certificate", "labwright:tls:Certificate");
    const { host: at, authority, ...own } = certificate.inputs;
    assert.equal((at as { address: string }).address, "10.77.0.80");
    assert.deepEqual(own, {
      name: "wiki.home.arpa",
      dnsNames: ["wiki.home.arpa"],
      validityDays: 30,
      renewBeforeDays: 10,
      reload: "nginx",
    });
    const { host: signer, ...key } = authority as { host: { address: string } };
    assert.equal(signer.address, "10.77.0.53");
    assert.deepEqual(key, { name: "ca", certificatePem: "simulated certificate of ca\n" });
    assert.match(
      String(lab.get("wiki", "labwright:nginx:Site").inputs["config"]),
      /10\.77\.0\.7:8080/,
    );
    assert.deepEqual(
      lab.ofType("labwright:host:Package").map(({ name }) => name),
      ["web-openssl"],
    );
  });

  it("takes the zone inside a proxy's handle and the zone itself for one", async () => {
    const lab = await using(({ lan, proxy, ca, box }) => [
      proxy.zones[0] === lan,
      proxy.certificates === ca,
      proxy.host === box,
    ]);
    assert.deepEqual(lab.value, [true, true, false]);
    await assert.rejects(
      using(({ lan, proxy }) => {
        new DnsRecord("wiki", { zone: lan, type: "A", values: "10.77.0.40" });
        new ProxiedSite("wiki", { proxy, hostname: "wiki.home.arpa", root: "/srv/wiki" });
      }),
      /wiki.home.arpa has A records in this program already/,
    );
  });

  it("has a proxy's handle wait for a proxy that runs, and a zone's for its server", async () => {
    const lab = await recordLab(() => {
      const { handles } = home();
      class User extends pulumi.CustomResource {
        constructor(name: string, handle: pulumi.Output<unknown>) {
          super("test:index:Uses", name, { handle });
        }
      }
      for (const [name, handle] of Object.entries(handles)) new User(`use-${name}`, handle);
    });
    assert.ok(lab.waitsFor(lab.get("use-proxy"), lab.get("proxy-service")));
    assert.ok(lab.waitsFor(lab.get("use-proxy"), lab.get("dns-service")));
    assert.ok(lab.waitsFor(lab.get("use-lan"), lab.get("dns-home.arpa-0.77.10.in-addr.arpa")));
    assert.ok(lab.waitsFor(lab.get("use-ca"), lab.get("ca", "labwright:tls:Authority")));
  });

  it("gives a machine its records in the other stack's zones, both ways", async () => {
    const lab = await using(({ lan }) => {
      new Vm("web", { on: node(), address: "10.77.0.80/24", zone: lan });
    });
    assert.deepEqual(lab.get("web-a").inputs["zone"], "home.arpa");
    assert.deepEqual(lab.get("web-ptr").inputs["zone"], "0.77.10.in-addr.arpa");
    assert.deepEqual(lab.get("web-ptr").inputs["values"], ["web.home.arpa."]);
  });

  it("makes one resource of a package that is asked for twice on another stack's host", async () => {
    const lab = await using(({ box }) => [box.package("nginx"), box.package("nginx")]);
    const made = lab.get("box-nginx", "labwright:host:Package");
    assert.equal(made.parent, lab.get("home").urn);
    assert.equal(lab.value[0], lab.value[1]);
  });

  it("gives handles that can be handed on", async () => {
    const outputs = (await homeOutputs())["handles"] as Record<string, unknown>;
    const lab = await using(({ lan, box, ca, proxy }) =>
      outputValue(
        pulumi.output({
          lan: lan.handle,
          box: box.handle,
          ca: ca.handle,
          proxy: proxy.handle,
        }),
      ),
    );
    assert.deepEqual(await lab.value, JSON.parse(JSON.stringify(outputs)));
  });

  it("knows the facts of another stack's host", async () => {
    const lab = await using(({ box }) => outputValue(box.machine.initSystem));
    assert.equal(await lab.value, "systemd");
  });

  it("refuses records that this program has twice, and the name server's own", async () => {
    await assert.rejects(
      using(({ lan }) => {
        new DnsRecord("printer", { zone: lan, type: "A", values: "10.77.0.40" });
        new DnsRecord("other", { zone: lan, name: "printer", type: "A", values: "10.77.0.41" });
      }),
      /printer.home.arpa has A records in this program already/,
    );
    await assert.rejects(
      using(({ lan }) => {
        new DnsRecord("ns1", { zone: lan, type: "A", values: "10.77.0.40" });
      }),
      /ns1.home.arpa has A records/,
    );
  });
});

describe("labReference() refuses", () => {
  const reading = (stacks: RecordOptions["stacks"], name = "home") =>
    recordLab(async () => labReference<Home>(name), { stacks });
  const changed = async (change: (handles: Record<string, Record<string, unknown>>) => void) => {
    const outputs = structuredClone(await homeOutputs());
    change(outputs["handles"] as Record<string, Record<string, unknown>>);
    return { home: outputs };
  };

  it("a stack that does not exist", async () => {
    await assert.rejects(reading({}, "hoem"), {
      message:
        'labReference "hoem": the stack cannot be read; bring it up first (`pulumi up --stack hoem`), or name another one, ' +
        "as organization/project/stack when it is of another project: " +
        'unknown stack "hoem"',
    });
  });

  it("a stack without handles, or that was never up", async () => {
    for (const outputs of [{}, { handles: "none" }, { handle: {} }])
      await assert.rejects(
        reading({ home: outputs }),
        /labReference "home": it has no output "handles"; export it there/,
      );
  });

  it("a handle of a newer version, and says which and what to do", async () => {
    const stacks = await changed(({ lan }) => (lan!["version"] = 2));
    await assert.rejects(reading(stacks), {
      message:
        'labReference "home": lan.version is 2: this version of Labwright reads version 1 of labwright:DnsZone: ' +
        "update Labwright here to the one of stack home",
    });
  });

  it("everything it cannot read at once: an older version, a strange type, a strange provider, no handle", async () => {
    const stacks = await changed((handles) => {
      (handles["lan"]!["host"] as Record<string, unknown>)["version"] = 0;
      handles["box"]!["type"] = "labwright:Toaster";
      handles["cloud"] = { type: "labwright:DnsZone", version: 1, provider: "cloud" };
      handles["note"] = "hello" as never;
    });
    await assert.rejects(reading(stacks), (error: Error) => {
      assert.match(error.message, /^labReference "home": 4 problems\n/);
      assert.match(
        error.message,
        /- lan\.host\.version is 0: .* version 1 of labwright:Host: run `pulumi up` on stack home/,
      );
      assert.match(
        error.message,
        /- box\.type is "labwright:Toaster": this version of Labwright reads .*labwright:DnsZone/,
      );
      assert.match(
        error.message,
        /- cloud\.provider is "cloud": .* knows bind for labwright:DnsZone/,
      );
      assert.match(error.message, /- note is "hello": export a handle of Labwright there/);
      return true;
    });
  });

  it("a name that the stack does not offer yet, when it is used", async () => {
    const stacks = await changed((handles) => delete handles["lan"]);
    await assert.rejects(
      recordLab(async () => (await labReference<Home>("home")).lan, { stacks }),
      {
        message:
          'labReference "home": it offers no "lan", but box, ca, proxy; add it to `handles` there, or, when it is there, ' +
          "run `pulumi up` on that stack",
      },
    );
  });
});
