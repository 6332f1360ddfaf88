import assert from "node:assert/strict";
import type { Server } from "node:http";

import { Checkout } from "../../support/checkout";
import { hasBooted, proxmox, ssh, task } from "../../support/machine";
import { changes, type ProviderLogLine, type Run } from "../../support/project";
import {
  fetchHttp,
  fetchHttps,
  nameServer,
  startEchoServer,
  websocketEcho,
} from "../../support/requests";
import { addresses, handDeletions, handEdits } from "./hand-edits";

const proxy = addresses.webvm1;
const echo = { address: "10.77.0.1", port: 18080 };
const machineIds = [1053, 1070, 1080, 1090];

/** What the stack gets in addition: a site whose server is this test, a package and a user. */
const additions = `
import { User } from "../components";
new ProxiedSite("echo", {
  proxy,
  hostname: "echo.home.arpa",
  upstream: { address: "${echo.address}", port: ${echo.port} },
});
appvm.host.package("tree");
const deployKey = process.env["LABWRIGHT_SSH_PUBLIC_KEY"]!.trim();
new User("deploy", { host: appvm.host.connection, name: "deploy", authorizedKeys: [deployKey] }, appvm.host.options({}));
`;
const pure = ["Handshake", "GetPluginInfo", "GetSchema", "CheckConfig", "DiffConfig", "Configure"];

function drift(run: Run): Record<string, string[] | "gone"> {
  assert.equal(run.code, 0, run.output);
  return Object.fromEntries(
    run.steps
      .filter(({ op, diffs }) => op === "delete" || diffs.length > 0)
      .map(({ name, op, diffs }) => [name, op === "delete" ? "gone" : [...diffs].sort()]),
  );
}

describe("Stack home", () => {
  let lab: Checkout;
  let server: Server;

  before(async () => {
    lab = new Checkout("home");
    await lab.init();
    server = await startEchoServer(echo.address, echo.port);
  });

  after(async () => {
    server?.close();
    await lab?.destroy();
    await lab?.remove();
  });

  for (const round of ["from nothing", "once more after a destroy"]) {
    describe(`up ${round}`, () => {
      let ca: string;
      let created: Run;
      const names = nameServer(addresses.netvm1);
      const site = (name: string) => ({ address: proxy, hostname: `${name}.home.arpa`, ca });
      const onMachine = (machine: keyof typeof addresses, script: string) =>
        ssh({ address: addresses[machine] }, `set -eu\n${script}`);

      before(async () => {
        lab.edit();
        created = await lab.apply();
        ca = String((await lab.outputs())["caCertificate"]);
      });

      it("creates everything", () => {
        assert.deepEqual(Object.keys(changes(created)), ["create"]);
      });
      it("shows no private key, in the output or in the plain state", async () => {
        assert.doesNotMatch(created.output, /PRIVATE KEY/);
        assert.doesNotMatch(await lab.exportState(), /PRIVATE KEY/);
      });

      describe("again", () => {
        let log: ProviderLogLine[];
        let again: Run;
        before(async () => {
          lab.providerLog();
          again = await lab.apply();
          log = lab.providerLog();
        });

        it("changes nothing", () => assert.deepEqual(changes(again), {}));
        it("has the provider check and diff every resource", () => {
          const count = (method: string) => log.filter((line) => line["method"] === method).length;
          const ours = again.steps.filter(({ type }) => type.startsWith("labwright:"));
          assert.ok(count("Diff") > 30, `${count("Diff")} diffs`);
          assert.ok(count("Diff") >= ours.filter(({ op }) => op === "same").length - 15);
        });
        it("calls nothing of the provider that has an effect", () => {
          const others = log.filter(
            ({ event, method }) =>
              event === "rpc" && ![...pure, "Check", "Diff", "Cancel"].includes(String(method)),
          );
          assert.deepEqual(others, []);
        });
        it("connects to no host and runs nothing there", () => {
          assert.deepEqual(
            log.filter(({ event }) => event !== "rpc"),
            [],
          );
        });
      });

      describe("answers", () => {
        it("names of machines and sites", async () => {
          for (const [name, address] of Object.entries({
            ...addresses,
            wiki: proxy,
            git: proxy,
            www: proxy,
          }))
            assert.deepEqual(await names.resolve4(`${name}.home.arpa`), [address], name);
        });
        it("a text", async () => {
          assert.deepEqual(await names.resolveTxt("home.arpa"), [["Welcome home"]]);
        });
        it("addresses with the machines' names", async () => {
          for (const [name, address] of Object.entries(addresses))
            assert.deepEqual(await names.reverse(address), [`${name}.home.arpa`]);
        });
        it("no name that nobody gave", async () => {
          await assert.rejects(names.resolve4("nothing.home.arpa"), { code: "ENOTFOUND" });
        });
        for (const [name, title] of Object.entries({
          wiki: "The lab's wiki",
          git: "The lab's code",
          www: "A lab at home",
        }))
          it(`${name} over HTTPS with a certificate of the lab's own authority`, async () => {
            const { status, body, issuer } = await fetchHttps(site(name));
            assert.equal(status, 200);
            assert.ok(body.includes(`<title>${title}</title>`), body);
            assert.equal(issuer, "Home CA");
          });
        it("nobody who does not trust the lab's authority", async () => {
          await assert.rejects(fetchHttps({ ...site("wiki"), ca: undefined }), /certificate/);
        });
        it("plain HTTP with a redirection", async () => {
          const { status, headers } = await fetchHttp(site("wiki"), "/some/page?x=1");
          assert.deepEqual(
            [status, headers.location],
            [301, "https://wiki.home.arpa/some/page?x=1"],
          );
        });
        it("no name that no site has", async () => {
          await assert.rejects(fetchHttps(site("nothing")), /unrecognized name|alert/);
        });
      });

      describe("with one change", () => {
        it("to a record touches that record alone", async () => {
          lab.edit({ '"Welcome home"': '"Welcome back"' });
          assert.deepEqual(changes(await lab.apply()), { update: ["greeting"] });
          assert.deepEqual(await names.resolveTxt("home.arpa"), [["Welcome back"]]);
        });
        it("to a page touches that file alone, on its host alone", async () => {
          lab.edit({ '"Welcome home"': '"Welcome back"', '"A lab at home"': '"A new page"' });
          lab.providerLog();
          assert.deepEqual(changes(await lab.apply()), { update: ["www-file-index.html"] });
          const hosts = lab
            .providerLog()
            .filter(({ event }) => event === "connected")
            .map(({ host }) => host);
          assert.deepEqual(hosts, ["root@10.77.0.80"]);
          assert.match((await fetchHttps(site("www"))).body, /A new page/);
        });
      });

      describe("with a site, a package and a user more", () => {
        before(async () => {
          lab.edit({}, additions);
          await lab.apply();
        });

        it("lets websockets through", async () => {
          assert.equal(await websocketEcho(site("echo"), "through the proxy"), "through the proxy");
        });
        it("tells the site's server who asks, and not what the client says about it", async () => {
          const { body } = await fetchHttps(site("echo"), "/", { "X-Forwarded-For": "192.0.2.1" });
          const seen = JSON.parse(body) as { headers: Record<string, string>; from: string };
          assert.equal(seen.from, proxy);
          assert.equal(seen.headers["x-forwarded-for"], echo.address);
          assert.equal(seen.headers["x-real-ip"], echo.address);
          assert.equal(seen.headers["x-forwarded-proto"], "https");
          assert.equal(seen.headers["host"], "echo.home.arpa");
        });
        it("rows of the database, from the machine that may, with the generated password", async () => {
          const sql =
            "create table if not exists visit (word text); insert into visit values ('hello')";
          await onMachine("appvm1", `psql -Xq service=guestbook -c "${sql}"`);
          const said = await onMachine("appvm1", "psql -XqAt service=guestbook -c 'table visit'");
          assert.equal(said, "hello\n");
        });
        it("no other machine from the database", async () => {
          await assert.rejects(
            onMachine(
              "webvm1",
              "apt-get install -qq -y postgresql-client >/dev/null 2>&1; psql 'host=10.77.0.70 user=guestbook dbname=guestbook password=wrong' -c 'select 1'",
            ),
            /no pg_hba.conf entry for host "10.77.0.80"/,
          );
        });
        it("has the client's address in the proxy's log", async () => {
          await fetchHttps(site("www"), "/who-asks");
          const line = await onMachine("webvm1", "grep 'GET /who-asks' /var/log/nginx/access.log");
          assert.ok(line.startsWith(`${echo.address} `), line);
        });
      });

      describe("after edits by hand", () => {
        let seen: ReturnType<typeof drift>;
        let repaired: Run;
        before(async () => {
          for (const { machine, script } of Object.values(handEdits))
            await onMachine(machine, script);
          seen = drift(await lab.refresh());
          repaired = await lab.apply();
        });

        for (const [title, { resource, shows }] of Object.entries(handEdits))
          it(`sees ${title}`, () => assert.deepEqual(seen[resource], shows));
        it("sees nothing else", () => {
          const edited = Object.values(handEdits).map(({ resource }) => resource);
          assert.deepEqual(Object.keys(seen).sort(), edited.sort());
        });
        it("repairs all of it, and nothing else", () => {
          const edited = Object.values(handEdits).map(({ resource }) => resource);
          assert.deepEqual(changes(repaired), { update: edited.sort() });
        });
        it("sees nothing any more", async () => {
          assert.deepEqual(drift(await lab.refresh()), {});
        });
        it("has started the stopped service again", async () => {
          assert.equal(
            await onMachine("appvm1", "systemctl is-active nginx; systemctl is-enabled nginx"),
            "active\nenabled\n",
          );
        });
        it("answers again", async () => {
          assert.equal((await fetchHttps(site("wiki"))).status, 200);
          assert.equal((await fetchHttps(site("git"))).status, 200);
        });
      });

      describe("after deletions by hand", () => {
        let seen: ReturnType<typeof drift>;
        let repaired: Run;
        const gone = Object.values(handDeletions).flatMap(({ resource, also = [] }) => [
          resource,
          ...also,
        ]);
        before(async () => {
          for (const { machine, script } of Object.values(handDeletions))
            await onMachine(machine, script);
          seen = drift(await lab.refresh());
          repaired = await lab.apply();
        });

        for (const [title, { resource, also = [] }] of Object.entries(handDeletions))
          it(`sees that ${title} is gone`, () => {
            for (const name of [resource, ...also]) assert.equal(seen[name], "gone", name);
          });
        it("takes nothing else for gone", () => {
          const names = Object.keys(seen).filter((name) => seen[name] === "gone");
          assert.deepEqual(names.sort(), gone.sort());
        });
        it("makes it all again, and nothing else", () => {
          assert.deepEqual(changes(repaired), { create: gone.sort() });
        });
        it("answers again", async () => {
          assert.deepEqual(await names.resolve4("www.home.arpa"), [proxy]);
          assert.equal((await fetchHttps(site("www"))).status, 200);
          assert.equal((await fetchHttps(site("git"))).status, 200);
        });
      });

      describe("with every machine switched off", () => {
        before(async () => {
          const stops = machineIds.map((id) =>
            proxmox<string>("POST", `/nodes/pve1/qemu/${id}/status/stop`),
          );
          for (const upid of await Promise.all(stops)) await task(upid);
        });

        it("still previews a change", async () => {
          lab.edit({ '"Welcome home"': '"Nobody there"' }, additions);
          lab.providerLog();
          const preview = await lab.preview();
          assert.equal(preview.code, 0, preview.output);
          assert.deepEqual(changes(preview), { update: ["greeting"] });
          assert.deepEqual(
            lab.providerLog().filter(({ event }) => event !== "rpc"),
            [],
          );
        });
        it("still previews no change", async () => {
          lab.edit({}, additions);
          const preview = await lab.preview();
          assert.equal(preview.code, 0, preview.output);
          assert.deepEqual(changes(preview), {});
        });
        it("comes back by itself when they are switched on, with nothing changed", async () => {
          for (const id of machineIds)
            await task(await proxmox("POST", `/nodes/pve1/qemu/${id}/status/start`));
          for (const address of Object.values(addresses)) await hasBooted(address);
          assert.deepEqual(drift(await lab.refresh()), {});
          assert.deepEqual(await names.resolve4("wiki.home.arpa"), [proxy]);
          assert.equal((await fetchHttps(site("wiki"))).status, 200);
        });
      });

      describe("and destroy", () => {
        let destroyed: Run;
        before(async () => {
          destroyed = await lab.destroy();
        });

        it("takes everything away", () => {
          assert.equal(destroyed.code, 0, destroyed.output);
          assert.deepEqual(Object.keys(changes(destroyed)), ["delete"]);
        });
        it("leaves no machine on the node", async () => {
          const machines = await proxmox<{ vmid: number }[]>("GET", "/nodes/pve1/qemu");
          assert.deepEqual(
            machines.filter(({ vmid }) => machineIds.includes(vmid)),
            [],
          );
        });
        it("leaves no snippet on the node", async () => {
          const at = "/nodes/pve1/storage/local/content?content=snippets";
          assert.deepEqual(await proxmox("GET", at), []);
        });
        it("leaves an empty state", async () => {
          const { deployment } = JSON.parse(await lab.exportState()) as {
            deployment: { resources?: unknown[] };
          };
          assert.deepEqual(deployment.resources ?? [], []);
        });
      });
    });
  }
});
