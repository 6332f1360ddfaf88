import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import fc from "fast-check";

import type { AnyKind } from "../../../../provider/kind";
import { filesystemKind } from "../../../../provider/kinds/host/filesystem/kind";
import { machineKind } from "../../../../provider/kinds/host/machine/kind";
import { packageKind } from "../../../../provider/kinds/host/package/kind";
import { serviceKind } from "../../../../provider/kinds/host/service/kind";
import { timerKind } from "../../../../provider/kinds/host/timer/kind";
import { unitKind } from "../../../../provider/kinds/host/unit/kind";
import { userKind } from "../../../../provider/kinds/host/user/kind";
import { imageKind } from "../../../../provider/kinds/nspawn/image/kind";
import { machineKind as nspawnMachineKind } from "../../../../provider/kinds/nspawn/machine/kind";
import { authorityKind } from "../../../../provider/kinds/tls/authority/kind";
import { certificateKind } from "../../../../provider/kinds/tls/certificate/kind";

const host = { address: "h", port: 22, user: "root", hostKey: "k", machineId: "m" };

/** Inputs of each kind with one text in every place that takes text, although a check would refuse it. */
const kinds: [AnyKind, (text: string) => object][] = [
  [machineKind, () => ({ bootTimeoutSeconds: 1, waitForCloudInit: true })],
  [packageKind, (text) => ({ name: text, version: text, purge: true })],
  [
    serviceKind,
    (text) => ({ unit: text, enabled: true, running: true, restartOn: { [text]: text } }),
  ],
  [
    userKind,
    (text) => ({
      name: text,
      primaryGroup: text,
      groups: [text],
      shell: text,
      home: text,
      comment: text,
      authorizedKeys: [text],
      removeHome: true,
    }),
  ],
  [
    unitKind,
    (text) => ({
      name: text,
      sections: { [text]: { [text]: [text] } },
      enabled: true,
      running: true,
      restartOn: { [text]: text },
    }),
  ],
  [
    timerKind,
    (text) => ({
      name: text,
      description: text,
      onCalendar: [text],
      onBootSec: text,
      accuracySec: text,
      persistent: true,
      script: text,
      user: text,
      environment: { [text]: text },
      environmentFiles: [text],
      settings: { Service: { [text]: [text] } },
      enabled: true,
      running: true,
    }),
  ],
  [
    imageKind,
    (text) => ({ name: text, bootstrap: { suite: text, packages: [text], mirror: text } }),
  ],
  [imageKind, (text) => ({ name: text, archive: { source: text, sha256: text } })],
  [
    nspawnMachineKind,
    (text) => ({
      name: text,
      image: text,
      exec: { hostname: text, environment: { A: text } },
      network: { zone: text, address: text, gateway: text },
      files: { binds: [{ source: text, path: text, readOnly: false, idmap: false }] },
      settings: {},
      limits: { tasksMax: 100 },
      startAtBoot: true,
      running: true,
    }),
  ],
  [filesystemKind, (text) => ({ device: text, type: "ext4", label: text, mkfsOptions: [text] })],
  [authorityKind, (text) => ({ name: text, commonName: "x", validityDays: 1 })],
  [
    certificateKind,
    (text) => ({
      name: text,
      authority: { host: { ...host, machineId: text }, name: text, certificatePem: text },
      dnsNames: ["a.b"],
      ipAddresses: [],
      validityDays: 2,
      renewBeforeDays: 1,
      reload: text,
    }),
  ],
];

/** All scripts that a kind sends for these inputs, when everything it asks is answered with nothing. */
async function scriptsOf(kind: AnyKind, text: string, inputs: object): Promise<string[]> {
  const scripts: string[] = [];
  const keep = (script: { text: string; exists?: string; adopting?: string }) => {
    scripts.push(script.text, script.exists ?? "", script.adopting ?? "");
    return Promise.resolve({ code: 0, stdout: "", stderr: "", fields: { uid: "1", gid: "1" } });
  };
  const shell = {
    connection: host,
    run: keep,
    query: keep,
    reconnect: () => undefined,
    proveLogin: () => Promise.resolve(),
    waitUntilReachable: () => Promise.resolve(),
  };
  const ctx = {
    host: shell,
    hostAt: () => shell,
    change: keep,
    release: keep,
    info: () => undefined,
    warn: () => undefined,
  } as never;
  const state = { host, adopt: false, ...inputs } as never;
  for (const work of [
    () => kind.read(ctx, { physical: text }),
    () => kind.apply(ctx, { inputs: state }),
    () => kind.remove(ctx, state),
  ]) {
    // Answers that are empty make some of them give up; what they sent until then is what counts.
    await work().catch(() => undefined);
  }
  return scripts.filter(Boolean);
}

/** Judges a script by reading it with sh, without running it; gives what is wrong. */
function judge(script: string): string {
  const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
  return status === 0 ? "" : stderr;
}

/** What a hostile text would make if a shell ever read it as a command. */
const canary = "/tmp/labwright-kinds-canary";
const hostile = [
  "plain",
  "'",
  "''; touch " + canary + "; '",
  '"$(touch ' + canary + ')"',
  "`touch " + canary + "`",
  "a\nEND\ntouch " + canary + "\n",
  "\\",
  "-rf /",
  "!(*)",
  "}",
  ";;",
  "esac",
  "#",
  "é\u2028",
];

describe("scripts of the kinds for hosts, packages, services, users and certificates", () => {
  for (const [kind, inputs] of kinds) {
    const name = kind.schema.token.replace(/^labwright:/, "");
    it(`${name}: sh can read every script, whatever is in the inputs`, async function () {
      this.timeout(60_000);
      for (const text of hostile) {
        const scripts = await scriptsOf(kind, text, inputs(text));
        assert.ok(scripts.length > 0);
        // A text stands in a script as part of one word in single quotes, and nowhere else.
        const inside = text.replaceAll("'", `'\\''`).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        const word = new RegExp(`'[^'\n]*${inside}[^'\n]*'`, "g");
        for (const script of scripts) {
          assert.equal(judge(script), "", script);
          if (text !== "plain" && text.includes("touch")) {
            assert.ok(!script.replace(word, "").includes(canary), script);
          }
        }
      }
      assert.ok(!existsSync(canary));
      rmSync(canary, { force: true });
    });
  }

  it("sh can read the scripts of packages and users for any text", async function () {
    this.timeout(120_000);
    const text = fc.string({ maxLength: 30 }).filter((value) => !value.includes("\0"));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        for (const [kind, inputs] of [kinds[1]!, kinds[3]!]) {
          const scripts = await scriptsOf(kind, value, inputs(value));
          assert.equal(judge(scripts.join("\n")), "");
        }
      }),
      { numRuns: 50 },
    );
  });
});
