import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { NginxProxy, ProxiedSite, type ProxiedSiteArgs } from "../../../components";
import { renderNginxConf } from "../../../components/proxy/nginx-proxy.render";
import { outputValue, recordLab } from "../../../testing";
import { edge, host, inputsOf, zone } from "./lab-parts";

const site = (changes: Partial<ProxiedSiteArgs>) =>
  recordLab(
    () =>
      new ProxiedSite("wiki", {
        proxy: changes.proxy ?? edge().proxy,
        hostname: "wiki.home.arpa",
        ...changes,
      }),
  );
const upstream = { address: "10.77.0.90", port: 8080 };

describe("NginxProxy", () => {
  it("is nginx.conf, the folder of passed sites, and the service", async () => {
    const lab = await recordLab(() => edge());
    assert.deepEqual(lab.childNames(lab.get("proxy", "labwright:proxy:NginxProxy")), [
      "labwright:host:Directory proxy-stream.d",
      "labwright:host:File proxy",
      "labwright:host:Service proxy-service",
    ]);
    const file = lab.get("proxy", "labwright:host:File");
    const { content, ...others } = inputsOf(file);
    assert.equal(content, renderNginxConf({ ipv6: true, workerConnections: 1024 }));
    assert.deepEqual(others, {
      path: "/etc/nginx/nginx.conf",
      adopt: true,
      validate: "nginx -t",
      reload: "nginx",
    });
    const needed = ["web-nginx", "web-libnginx-mod-stream", "proxy-stream.d"];
    for (const name of needed) assert.ok(file.dependencies.includes(lab.get(name).urn), name);
    assert.ok(lab.get("proxy-service").dependencies.includes(file.urn));
  });

  it("is a handle of plain data", async () => {
    const lab = await recordLab(() => {
      const { proxy, lan, ca } = edge();
      const handles = { proxy, host: proxy.host, lan, ca };
      return outputValue(
        pulumi.all(Object.entries(handles).map(([name, { handle }]) => [name, handle] as const)),
      );
    });
    const { proxy, host, lan, ca } = Object.fromEntries(lab.value);
    assert.deepEqual(proxy, {
      type: "labwright:ReverseProxy",
      version: 1,
      provider: "nginx",
      address: "10.77.0.80",
      host,
      zones: [lan],
      certificates: ca,
    });
  });
});

describe("ProxiedSite", () => {
  it("that ends TLS is a certificate, a site and a name", async () => {
    const lab = await site({ upstream });
    assert.deepEqual(lab.childNames(lab.get("wiki", "labwright:proxy:ProxiedSite")), [
      "labwright:dns:Record wiki-dns",
      "labwright:nginx:Site wiki",
      "labwright:tls:Certificate wiki-certificate",
    ]);
    assert.equal(lab.value.url, "https://wiki.home.arpa/");

    const certificate = lab.get("wiki-certificate");
    assert.equal(certificate.inputs["name"], "wiki.home.arpa");
    assert.deepEqual(certificate.inputs["dnsNames"], ["wiki.home.arpa"]);
    assert.equal(certificate.inputs["reload"], "nginx");
    assert.ok(certificate.dependencies.includes(lab.get("ca", "labwright:tls:Authority").urn));
    assert.ok(certificate.dependencies.includes(lab.get("web-openssl").urn));

    const made = lab.get("wiki", "labwright:nginx:Site");
    assert.equal(made.inputs["name"], "wiki.home.arpa");
    assert.equal(made.inputs["context"], "http");
    assert.deepEqual(
      made.dependencies,
      [lab.get("proxy-service").urn, certificate.urn, lab.get("web").urn].sort(),
    );
    assert.deepEqual(made.propertyDependencies["config"], [certificate.urn]);

    assert.deepEqual(inputsOf(lab.get("wiki-dns")), {
      zone: "home.arpa",
      name: "wiki",
      type: "A",
      values: ["10.77.0.80"],
      ttl: 3600,
    });
  });

  it("that passes TLS through has no certificate", async () => {
    const lab = await site({ passthrough: { host: { address: "10.77.0.90" }, port: 8443 } });
    assert.deepEqual(lab.childNames(lab.get("wiki", "labwright:proxy:ProxiedSite")), [
      "labwright:dns:Record wiki-dns",
      "labwright:nginx:Site wiki",
    ]);
    assert.deepEqual(inputsOf(lab.get("wiki", "labwright:nginx:Site")), {
      name: "wiki.home.arpa",
      context: "stream",
      config: "wiki.home.arpa 10.77.0.90:8443;\n",
    });
  });

  it("with files makes their folders first, and shows the site last", async () => {
    const lab = await site({
      files: { "index.html": "home", "a/b/deep.html": pulumi.secret("canary") },
    });
    assert.deepEqual(lab.childNames(lab.get("wiki", "labwright:proxy:ProxiedSite")), [
      "labwright:dns:Record wiki-dns",
      "labwright:host:Directory wiki-root",
      "labwright:host:Directory wiki-root-a",
      "labwright:host:Directory wiki-root-a/b",
      "labwright:host:File wiki-file-a/b/deep.html",
      "labwright:host:File wiki-file-index.html",
      "labwright:nginx:Site wiki",
      "labwright:tls:Certificate wiki-certificate",
    ]);
    const deep = lab.get("wiki-file-a/b/deep.html");
    assert.deepEqual(inputsOf(deep), {
      path: "/srv/www/wiki.home.arpa/a/b/deep.html",
      content: "canary",
    });
    assert.deepEqual(deep.secrets, ["content"]);
    assert.ok(deep.dependencies.includes(lab.get("wiki-root-a/b").urn));
    assert.ok(lab.get("wiki-root-a/b").dependencies.includes(lab.get("wiki-root-a").urn));
    assert.ok(lab.get("wiki", "labwright:nginx:Site").dependencies.includes(deep.urn));
  });

  it("with a folder that is there makes none", async () => {
    const lab = await site({ root: "/var/www/html" });
    assert.deepEqual(
      lab.ofType("labwright:host:Directory").map(({ name }) => name),
      ["proxy-stream.d"],
    );
    assert.match(
      String(lab.get("wiki", "labwright:nginx:Site").inputs["config"]),
      /root \/var\/www\/html;/,
    );
  });

  it("puts each of its names into the most specific zone", async () => {
    const lab = await recordLab(() => {
      const { dns, lan, ca, proxy } = edge();
      const apps = dns.zone("apps.home.arpa");
      const both = new NginxProxy("two", { host: proxy.host, zone: [lan, apps], certificates: ca });
      return new ProxiedSite("wiki", {
        proxy: both,
        hostname: "Wiki.Apps.home.arpa",
        aliases: ["home.arpa"],
        upstream,
      });
    });
    const names = ["wiki-dns", "wiki-dns-home.arpa"].map((name) => {
      const { zone: in_, name: owner } = lab.get(name).inputs;
      return [in_, owner];
    });
    assert.deepEqual(names, [
      ["apps.home.arpa", "wiki"],
      ["home.arpa", "@"],
    ]);
    assert.deepEqual(lab.get("wiki-certificate").inputs["dnsNames"], [
      "wiki.apps.home.arpa",
      "home.arpa",
    ]);
  });

  it("shortens the name of its files, and no other, when the host name is long", async () => {
    const hostname = `${"a".repeat(60)}.${"b".repeat(60)}.home.arpa`;
    const lab = await site({ hostname, upstream });
    const name = `${"a".repeat(46)}-${createHash("sha256").update(hostname).digest("hex").slice(0, 16)}`;
    assert.equal(lab.get("wiki", "labwright:nginx:Site").inputs["name"], name);
    assert.equal(lab.get("wiki-certificate").inputs["name"], name);
    assert.deepEqual(lab.get("wiki-certificate").inputs["dnsNames"], [hostname]);
  });

  it("leaves DNS alone when told to, also outside all zones", async () => {
    const lab = await site({ hostname: "wiki.example.net", dns: false, upstream });
    assert.equal(lab.childNames(lab.get("wiki", "labwright:proxy:ProxiedSite")).length, 2);
  });

  it("points an IPv6 proxy's names to it with AAAA", async () => {
    const lab = await recordLab(() => {
      const proxy = new NginxProxy("proxy", {
        host: host("web", "10.77.0.80"),
        address: "fd00:77:0::80",
        zone: zone(),
      });
      new ProxiedSite("git", {
        proxy,
        hostname: "git.home.arpa",
        passthrough: { address: "fd00:77::90", port: 443 },
      });
    });
    const { type, values } = lab.get("git-dns").inputs;
    assert.deepEqual([type, values], ["AAAA", ["fd00:77::80"]]);
    assert.equal(
      lab.get("git", "labwright:nginx:Site").inputs["config"],
      "git.home.arpa [fd00:77::90]:443;\n",
    );
  });
});
