import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import * as path from "node:path";

import { deleteMachine, hasBooted, proxmox, task } from "../../support/machine";
import { changes, Project, type Run } from "../../support/project";
import { fetchHttps, nameServer } from "../../support/requests";
import { startTestMachine, type TestMachine } from "../../support/test-machine";
import { refresh, up as upChanges, upError } from "../kinds/lab-project";

const ID = 210;
const ADDRESS = `10.77.0.${ID}`;

/** A lab on one machine: names, an authority, a proxy with a site, and a package and a service that others use too. */
const homeProgram = (machine: TestMachine, more = "", offered = "lan, ca, proxy, box") => `
import { BindServer, DnsRecord, existingHost, LabCa, NginxProxy, offer, ProxiedSite } from "labwright";
const box = existingHost({ name: "box", address: "${ADDRESS}", hostKey: "${machine.hostKey}" });
const dns = new BindServer("dns", { host: box });
const lan = dns.zone("stacks.arpa", { reverse: "10.77.0.0/24" });
const ca = new LabCa("ca", { host: box, commonName: "Two Stacks" });
const proxy = new NginxProxy("proxy", { host: box, zone: lan, certificates: ca });
new ProxiedSite("www", { proxy, hostname: "www.stacks.arpa", files: { "index.html": "home\\n" } });
box.package("tree");
${more}
export const caCertificate = ca.certificatePem;
export const handles = offer({ ${offered} });
`;

const appsProgram = (more = "") => `
import { DnsRecord, labReference, ProxiedSite, Service } from "labwright";
export = async () => {
  const home = await labReference<typeof import("./home")>("home");
  new DnsRecord("printer", { zone: home.lan, type: "A", values: "10.77.0.40" });
  new ProxiedSite("shop", { proxy: home.proxy, hostname: "shop.stacks.arpa", files: { "index.html": "shop\\n" } });
  home.box.package("tree");
  new Service("nginx", { host: home.box.connection, unit: "nginx" });
  ${more}
  return { shop: "https://shop.stacks.arpa/" };
};
`;

/** What an `up` changed; that the second stack reads the first is no change. */
async function up(project: Project): Promise<Record<string, string[]>> {
  const changed = await upChanges(project);
  delete changed["read"];
  return changed;
}

async function assertNoChange(project: Project): Promise<void> {
  project.providerLog();
  assert.deepEqual(await up(project), {});
  const log = project.providerLog().filter(({ event }) => event !== "rpc");
  assert.deepEqual(log, [], "no connection, no script");
}

describe("Two stacks on one host", () => {
  let machine: TestMachine;
  let home: Project;
  let apps: Project;
  const names = nameServer(ADDRESS);
  const writeApps = (more = "") => apps.write(appsProgram(more));
  const writeHome = (more?: string, offered?: string) => {
    const text = homeProgram(machine, more, offered);
    home.write(text);
    // What the type of the reference is imported from.
    writeFileSync(path.join(apps.folder, "home.ts"), text);
  };
  const fetch = async (site: string) =>
    fetchHttps({
      address: ADDRESS,
      hostname: `${site}.stacks.arpa`,
      ca: String((await home.outputs())["caCertificate"]),
    });
  /** The stacks in the ledger entries of a thing. */
  const owners = async (key: string) =>
    (
      await machine.run(
        `sed -n 's/^stack //p; s/^also \\([^ ]*\\) .*/\\1/p' '/var/lib/labwright/ledger/${key}'`,
      )
    )
      .trim()
      .split("\n")
      .map((stack) => decodeURIComponent(stack))
      .sort();
  const both = ["two-stacks/apps", "two-stacks/home"];
  const failed = (run: Run, pattern: RegExp) => {
    assert.notEqual(run.code, 0, run.output);
    assert.equal(run.errors.filter((error) => pattern.test(error)).length, 1, run.output);
  };

  before(async () => {
    machine = await startTestMachine("two-stacks", ID);
    home = new Project("two-stacks", "", "home");
    apps = new Project("two-stacks", appsProgram(), "apps");
    await apps.init();
    writeHome();
  });

  after(async () => {
    await apps?.remove();
    await home?.remove();
    await deleteMachine(ID);
  });

  describe("the second, before the first is there,", () => {
    it("says that there is no such stack, once, without a stack trace", async () => {
      for (const run of [await apps.preview(), await apps.up()]) {
        failed(
          run,
          /labReference "home": the stack cannot be read; bring it up first .*unknown stack/s,
        );
        assert.doesNotMatch(run.output, /\n\s+at /);
        assert.deepEqual(changes(run), {});
      }
    });
    it("says that it offers nothing while it was never brought up", async () => {
      await home.init();
      failed(
        await apps.preview(),
        /labReference "home": it has no output "handles".*never brought up/s,
      );
    });
  });

  describe("once both are up", () => {
    it("have made the first", async () => {
      assert.deepEqual(Object.keys(await up(home)), ["create"]);
      await assertNoChange(home);
    });
    it("preview the second without touching anything", async () => {
      apps.providerLog();
      const preview = await apps.preview();
      assert.equal(preview.code, 0, preview.output);
      assert.ok(changes(preview)["create"]!.includes("printer"), preview.output);
      assert.deepEqual(
        apps.providerLog().filter(({ event }) => event !== "rpc"),
        [],
      );
    });
    it("have made the second, on what the first has", async () => {
      const made = await up(apps);
      assert.deepEqual(made["create"], [
        "box-openssl",
        "box-tree",
        "nginx",
        "printer",
        "printer",
        "shop",
        "shop",
        "shop-certificate",
        "shop-dns",
        "shop-file-index.html",
        "shop-root",
      ]);
      assert.deepEqual(await names.resolve4("printer.stacks.arpa"), ["10.77.0.40"]);
      assert.deepEqual(await names.resolve4("shop.stacks.arpa"), [ADDRESS]);
      const { body, issuer } = await fetch("shop");
      assert.deepEqual([body, issuer], ["shop\n", "Two Stacks"]);
    });
    it("find nothing to do, and see nothing of each other", async () => {
      await assertNoChange(apps);
      await assertNoChange(home);
      assert.deepEqual(await refresh(apps), {});
      assert.deepEqual(await refresh(home), {});
    });
    it("own packages and the service together", async () => {
      for (const key of [
        "labwright%3Ahost%3APackage!tree",
        "labwright%3Ahost%3APackage!openssl",
        "labwright%3Ahost%3AService!nginx",
      ])
        assert.deepEqual(await owners(key), both, key);
    });
  });

  describe("a shared thing", () => {
    it("is repaired by either when it was changed by hand", async () => {
      for (const [one, other] of [
        [apps, home],
        [home, apps],
      ] as const) {
        await machine.run("apt-get -qq -y purge tree >/dev/null 2>&1; systemctl stop nginx");
        const seen = await refresh(one);
        assert.equal(seen["box-tree"], "gone");
        assert.equal(
          Object.values(seen).some((drift) => String(drift) === "running"),
          true,
        );
        await up(one);
        assert.equal(
          await machine.run("systemctl is-active nginx; command -v tree"),
          "active\n/usr/bin/tree\n",
        );
        assert.deepEqual(await refresh(other), {});
        await assertNoChange(other);
      }
      assert.deepEqual(await owners("labwright%3Ahost%3APackage!tree"), both);
    });
    it("is refused to a stack that wants it otherwise", async () => {
      apps.write(appsProgram().replace(`unit: "nginx"`, `unit: "nginx", running: false`));
      assert.match(
        await upError(apps),
        /nginx on root@10\.77\.0\.210 is shared with urn:pulumi:home::two-stacks::\S+ of another stack, which wants it otherwise: enabled true, running true/,
      );
      assert.equal(await machine.run("systemctl is-active nginx"), "active\n");
      writeApps();
      await up(apps);
    });
  });

  describe("both", () => {
    it("are refused what the other has made, with the name of its stack", async () => {
      writeApps(`new DnsRecord("www", { zone: home.lan, type: "A", values: "10.77.0.99" });`);
      assert.match(
        await upError(apps),
        /belongs to a resource of another stack, urn:pulumi:home::two-stacks::/,
      );
      assert.deepEqual(await names.resolve4("www.stacks.arpa"), [ADDRESS]);
      writeApps();
      await up(apps);
    });

    it("can work at the same moment", async () => {
      const more = (kind: string, zone: string, proxy: string) =>
        Array.from(
          { length: 6 },
          (_, n) => `
new DnsRecord("${kind}${n}", { zone: ${zone}, type: "A", values: "10.77.1.${n}" });
new ProxiedSite("${kind}-site${n}", { proxy: ${proxy}, hostname: "${kind}-site${n}.stacks.arpa", root: "/srv/www" });`,
        ).join("");
      const withJq = (host: string) => `${host}.package("jq");`;
      writeHome(more("home", "lan", "proxy") + withJq("box"));
      writeApps(more("apps", "home.lan", "home.proxy") + withJq("home.box"));
      const runs = await Promise.all([home.up(), apps.up()]);
      for (const run of runs) {
        assert.equal(run.code, 0, run.output);
        assert.equal(changes(run)["create"]!.length, 6 * 6 + 1);
      }
      for (const kind of ["home", "apps"])
        for (let n = 0; n < 6; n++) {
          assert.deepEqual(await names.resolve4(`${kind}${n}.stacks.arpa`), [`10.77.1.${n}`]);
          assert.equal((await fetch(`${kind}-site${n}`)).issuer, "Two Stacks");
        }
      assert.deepEqual(await owners("labwright%3Ahost%3APackage!jq"), both);
      writeHome();
      writeApps();
      const back = await Promise.all([home.up(), apps.up()]);
      for (const run of back) {
        assert.equal(run.code, 0, run.output);
        const kinds = Object.keys(changes(run)).filter((op) => op !== "read");
        assert.deepEqual(kinds, ["delete"]);
      }
      assert.deepEqual(await refresh(home), {});
      assert.deepEqual(await refresh(apps), {});
      assert.equal(await machine.run("command -v jq || echo gone"), "gone\n");
    });
  });

  describe("destroy of the first while the second uses it", () => {
    for (const [title, more] of [
      ["", { PULUMI_CONTINUE_ON_ERROR: "false" }],
      [" with continue-on-error", { PULUMI_CONTINUE_ON_ERROR: "true" }],
    ] as const)
      it(`is refused${title}, with the names of what uses it, and takes nothing away`, async () => {
        const args = ["destroy", "--stack", "home", "--yes", "--skip-preview"];
        const run = await home.run(args, more);
        assert.notEqual(run.code, 0, run.output);
        assert.match(
          run.output,
          /other stacks use what this one offers: stack two-stacks\/apps has dns:Record stacks\.arpa\/printer\/A on root@10\.77\.0\.210, .*nginx:Site \S*shop\.stacks\.arpa\S* on root@10\.77\.0\.210/,
        );
        assert.match(run.output, /pulumi destroy --stack apps.*force: true/s);
        await assertNoChange(home);
        assert.deepEqual(await refresh(home), {});
      });
    it("is refused to taking the host out of the offer as well", async () => {
      writeHome("", "");
      failed(await home.up(), /other stacks use what this one offers: stack two-stacks\/apps/);
      writeHome();
      await assertNoChange(home);
    });
    it("is refused when the host cannot be asked, and says how to go on", async () => {
      await task(await proxmox("POST", `/nodes/pve1/qemu/${ID}/status/stop`));
      const run = await home.destroy();
      failed(
        run,
        /cannot look whether other stacks use .*10\.77\.0\.210.*force: true in offer\(\)/s,
      );
      assert.deepEqual(changes(run), {});
      await task(await proxmox("POST", `/nodes/pve1/qemu/${ID}/status/start`));
      await hasBooted(ADDRESS);
    });
  });

  describe("destroy of the second", () => {
    it("takes away its own alone", async () => {
      const run = await apps.destroy();
      assert.equal(run.code, 0, run.output);
      assert.ok(
        Object.keys(changes(run)).every((op) => op.includes("delete") || op.includes("discard")),
      );
      assert.match(run.output, /stays: stack two-stacks\/home uses tree as well/);
      await assert.rejects(names.resolve4("printer.stacks.arpa"), { code: "ENOTFOUND" });
      assert.equal((await fetch("www")).body, "home\n");
      assert.equal(
        await machine.run("systemctl is-active nginx; command -v tree"),
        "active\n/usr/bin/tree\n",
      );
    });
    it("leaves the first without a change, and nothing of its own in the ledger", async () => {
      await assertNoChange(home);
      assert.deepEqual(await refresh(home), {});
      assert.equal(
        await machine.run("grep -l apps /var/lib/labwright/ledger/* || echo none"),
        "none\n",
      );
    });
    it("lets the first be destroyed", async () => {
      const run = await home.destroy();
      assert.equal(run.code, 0, run.output);
      assert.equal(
        await machine.run("ls /var/lib/labwright/ledger; command -v tree || echo gone"),
        "gone\n",
      );
    });
  });
});
