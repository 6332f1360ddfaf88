import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { BindServer, DnsRecord, type DnsRecordArgs } from "../../../components";
import { outputValue, recordLab, type RecordedLab } from "../../../testing";
import { host, inputsOf, server, zone } from "./lab-parts";

describe("BindServer", () => {
  it("installs the packages, writes the options, judges them, and runs the service", async () => {
    const lab = await recordLab(() => server());
    const component = lab.get("dns", "labwright:dns:BindServer");
    assert.deepEqual(lab.childNames(component), [
      "labwright:host:File dns",
      "labwright:host:Service dns-service",
    ]);
    const packages = lab.ofType("labwright:host:Package");
    assert.deepEqual(
      packages.map(({ name, inputs }) => [name, inputs["name"]]),
      [
        ["ns-bind9", "bind9"],
        ["ns-bind9-dnsutils", "bind9-dnsutils"],
      ],
    );
    const file = lab.get("dns", "labwright:host:File");
    assert.equal(file.inputs["path"], "/etc/bind/named.conf.options");
    assert.equal(file.inputs["adopt"], true);
    assert.equal(file.inputs["validate"], "named-checkconf /etc/bind/named.conf");
    assert.equal(file.inputs["reload"], "named");
    for (const pkg of packages) assert.ok(file.dependencies.includes(pkg.urn));
    assert.ok(lab.get("dns-service").dependencies.includes(file.urn));
  });

  it("answers private networks alone unless told otherwise", async () => {
    const lab = await recordLab(() => server());
    assert.match(
      String(lab.get("dns", "labwright:host:File").inputs["content"]),
      /\n {4}allow-query { localhost; 10\.0\.0\.0\/8; 172\.16\.0\.0\/12; 192\.168\.0\.0\/16; fc00::\/7; fe80::\/10; };\n/,
    );
  });

  it("shares a package with another component on the same host", async () => {
    const lab = await recordLab(() => {
      const on = host();
      on.package("bind9");
      new BindServer("dns", { host: on });
    });
    assert.equal(lab.ofType("labwright:host:Package").length, 2);
  });
});

describe("BindZone", () => {
  const zones = (lab: RecordedLab<unknown>) =>
    lab
      .ofType("labwright:bind:Zone")
      .map((made): [string, unknown] => [made.name, inputsOf(made)])
      .sort();

  it("is a zone, its reverse zones, and the server's own PTR record", async () => {
    const lab = await recordLab(() => zone());
    assert.deepEqual(lab.childNames(lab.get("dns-home.arpa", "labwright:dns:BindZone")), [
      "labwright:bind:Zone dns-home.arpa",
      "labwright:bind:Zone dns-home.arpa-0.0.0.0.0.0.0.0.7.7.0.0.0.0.d.f.ip6.arpa",
      "labwright:bind:Zone dns-home.arpa-0.77.10.in-addr.arpa",
      "labwright:dns:Record dns-home.arpa-ns-ptr",
    ]);
    const common = { nameServers: ["ns1.home.arpa."], adminMailbox: "hostmaster@home.arpa" };
    assert.deepEqual(zones(lab), [
      [
        "dns-home.arpa",
        { name: "home.arpa", ...common, glue: { "ns1.home.arpa.": ["10.77.0.53"] } },
      ],
      [
        "dns-home.arpa-0.0.0.0.0.0.0.0.7.7.0.0.0.0.d.f.ip6.arpa",
        { name: "0.0.0.0.0.0.0.0.7.7.0.0.0.0.d.f.ip6.arpa", ...common },
      ],
      ["dns-home.arpa-0.77.10.in-addr.arpa", { name: "0.77.10.in-addr.arpa", ...common }],
    ]);
    const service = lab.get("dns-service");
    for (const made of lab.ofType("labwright:bind:Zone"))
      assert.ok(made.dependencies.includes(service.urn));
  });

  it("needs no glue for a name server elsewhere", async () => {
    const lab = await recordLab(() =>
      server().zone("home.arpa", { reverse: "10.77.0.0/24", nameServer: "dns.example.net." }),
    );
    assert.deepEqual(lab.get("dns-home.arpa", "labwright:bind:Zone").inputs["glue"], undefined);
    assert.deepEqual(lab.ofType("labwright:dns:Record"), []);
  });

  it("is a handle of plain data", async () => {
    const lab = await recordLab(() => {
      const ns = host("ns", "10.77.0.53");
      return outputValue(pulumi.output({ zone: zone(server(ns)).handle, host: ns.handle }));
    });
    assert.deepEqual(lab.value.zone, {
      type: "labwright:DnsZone",
      version: 1,
      provider: "bind",
      name: "home.arpa",
      host: lab.value.host,
      serverAddress: "10.77.0.53",
      nameServer: "ns1.home.arpa.",
      reverse: [
        { network: "10.77.0.0/24", zone: "0.77.10.in-addr.arpa" },
        { network: "fd00:77::/64", zone: "0.0.0.0.0.0.0.0.7.7.0.0.0.0.d.f.ip6.arpa" },
      ],
    });
  });
});

describe("DnsRecord", () => {
  const values = async (args: object): Promise<unknown> => {
    const lab = await recordLab(
      () =>
        new DnsRecord("record", {
          zone: zone(),
          ...(args as Omit<DnsRecordArgs, "zone">),
        } as DnsRecordArgs),
    );
    return lab.get("record", "labwright:dns:Record").inputs["values"];
  };

  const rows: [type: string, values: unknown, rendered: string[], name?: string][] = [
    ["A", ["10.77.0.2", "10.77.0.1"], ["10.77.0.2", "10.77.0.1"]],
    ["AAAA", "FD00:0077:0::0001", ["fd00:77::1"]],
    ["CNAME", "web", ["web.home.arpa."]],
    ["CNAME", "WEB.Example.NET.", ["web.example.net."]],
    ["PTR", "@", ["home.arpa."]],
    ["MX", { preference: 10, exchange: "mail" }, ["10 mail.home.arpa."]],
    ["MX", { preference: 0, exchange: "." }, ["0 ."]],
    [
      "SRV",
      { priority: 1, weight: 2, port: 389, target: "ldap" },
      ["1 2 389 ldap.home.arpa."],
      "_ldap._tcp",
    ],
    [
      "CAA",
      { tag: "issue", value: "letsencrypt.org; validationmethods=dns-01" },
      ['0 issue "letsencrypt.org; validationmethods=dns-01"'],
    ],
    ["CAA", { flags: 128, tag: "issuewild", value: ";" }, ['128 issuewild ";"']],
    ["TXT", ['say "hi"; \\ ü', "x".repeat(600)], ['say "hi"; \\ ü', "x".repeat(600)]],
  ];
  for (const [type, given, rendered, name] of rows)
    it(`writes ${type} ${JSON.stringify(given).slice(0, 50)} in the zone file's notation`, async () => {
      assert.deepEqual(await values({ type, values: given, name }), rendered);
    });

  const owners: [written: string, name: string][] = [
    ["Wiki", "wiki"],
    ["@", "@"],
    ["wiki.home.arpa.", "wiki"],
    ["home.arpa.", "@"],
    ["*.apps", "*.apps"],
  ];
  for (const [written, name] of owners)
    it(`takes ${written} for ${name} in the zone`, async () => {
      const lab = await recordLab(
        () =>
          new DnsRecord("record", { zone: zone(), name: written, type: "A", values: "10.0.0.1" }),
      );
      assert.equal(lab.get("record", "labwright:dns:Record").inputs["name"], name);
      assert.equal(lab.value.fqdn, name === "@" ? "home.arpa" : `${name}.home.arpa`);
    });

  it("depends on the zone alone, and is the component's only child", async () => {
    const lab = await recordLab(
      () => new DnsRecord("wiki", { zone: zone(), type: "A", values: "10.77.0.80", ttl: 60 }),
    );
    assert.deepEqual(lab.childNames(lab.get("wiki", "labwright:dns:DnsRecord")), [
      "labwright:dns:Record wiki",
    ]);
    const record = lab.get("wiki", "labwright:dns:Record");
    assert.deepEqual(
      record.dependencies,
      [
        lab.get("dns-home.arpa", "labwright:bind:Zone").urn,
        lab.get("ns", "labwright:host:Machine").urn,
      ].sort(),
    );
    assert.equal(record.inputs["ttl"], 60);
  });

  it("keeps a secret value secret", async () => {
    const lab = await recordLab(
      () => new DnsRecord("key", { zone: zone(), type: "TXT", values: pulumi.secret("canary") }),
    );
    const record = lab.get("key", "labwright:dns:Record");
    assert.deepEqual(record.inputs["values"], ["canary"]);
    assert.ok(record.secrets.some((path) => path.startsWith("values")));
  });

  it("refuses a wrong value that is only known later, by the same words", async () => {
    await assert.rejects(
      recordLab(
        () =>
          new DnsRecord("late", { zone: zone(), type: "A", values: pulumi.output("10.77.0.300") }),
      ),
      {
        message:
          'error serializing property "values": DnsRecord "late": values[0] is "10.77.0.300": use an IPv4 address such as 10.77.0.53',
      },
    );
  });
});
