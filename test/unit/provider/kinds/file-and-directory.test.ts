import assert from "node:assert/strict";
import * as fs from "node:fs";

import type { Script } from "../../../../provider/host/shell";
import type { AnyKind } from "../../../../provider/kind";
import { directoryKind } from "../../../../provider/kinds/host/directory/kind";
import { fileKind } from "../../../../provider/kinds/host/file/kind";
import { checkInputs } from "../../../../provider/rpc/check";
import { type Properties, Secret, UNKNOWN } from "../../../../provider/rpc/value";
import { formatIssue } from "../../../../validation/issue";
import { LocalHost } from "../host/local-host";
import { host } from "../rpc/thing-kind";

const issues = (kind: AnyKind, given: Properties) =>
  checkInputs(kind, { host, path: "/etc/motd", ...given }).issues.map(formatIssue);

describe("host:File check", () => {
  const good: [string, Properties][] = [
    ["a plain file", { content: "" }],
    ["what is not known yet", { path: UNKNOWN, content: UNKNOWN, owner: UNKNOWN }],
    ["a secret", { content: new Secret("s"), mode: "0600" }],
    ["a unit with or without its type", { content: "", reload: "nginx.service" }],
  ];
  for (const [title, given] of good) {
    it(`accepts ${title}`, () => assert.deepEqual(issues(fileKind, given), []));
  }

  const bad: [Properties, string][] = [
    [{ path: "etc/motd" }, 'path is "etc/motd": use an absolute path such as /etc/motd'],
    [{ path: "/etc/../shadow" }, 'path is "/etc/../shadow": leave out . and ..'],
    [{ path: "/etc/" }, 'path is "/etc/": leave out the doubled or trailing slash'],
    [{ path: "/etc/a\nb" }, 'path is "/etc/a\\nb": leave out control characters'],
    [{ mode: "644" }, 'mode is "644": use four octal digits, such as "0644"'],
    [{ mode: "0o644" }, 'mode is "0o644": use four octal digits, such as "0644"'],
    [
      { owner: "ro ot" },
      'owner is "ro ot": use a lower-case letter, then letters, digits, - or _, at most 32',
    ],
    [{ reload: "a", restart: "b" }, 'restart is "b": use either reload or restart'],
  ];
  for (const [given, expected] of bad) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      assert.deepEqual(issues(fileKind, { content: "", ...given }), [expected]);
    });
  }

  it("refuses a service that looks like an option", () => {
    assert.equal(issues(fileKind, { content: "", reload: "--force" }).length, 1);
  });
});

describe("host:Directory check", () => {
  it("refuses to purge a directory of the system's root", () => {
    assert.deepEqual(issues(directoryKind, { path: "/etc", purge: true }), [
      "purge is true: use false for /etc, or a directory deeper down",
    ]);
    assert.deepEqual(issues(directoryKind, { path: "/srv/app", purge: true }), []);
  });
});

describe("host:File read", () => {
  let local: LocalHost;
  const warnings: string[] = [];
  beforeEach(() => {
    local = new LocalHost();
    warnings.length = 0;
  });
  afterEach(() => local.remove());

  const read = (prior?: object) => {
    const context = { host: local.host, warn: (message: string) => warnings.push(message) };
    return fileKind.read(context as never, { physical: local.at("f"), prior: prior as never });
  };

  it("gives the content that is there", async () => {
    fs.writeFileSync(local.at("f"), "by hand\n", { mode: 0o640 });
    const seen = await read({ content: "ours\n" });
    assert.equal(seen!.content, "by hand\n");
    assert.equal(seen!.mode, "0640");
  });

  it("does not fetch what it knows by its digest", async () => {
    fs.writeFileSync(local.at("f"), "ours\n");
    const { host } = local;
    const asked: { fields: object }[] = [];
    const query = async (script: Script) => {
      const result = await host.query(script);
      asked.push(result);
      return result;
    };
    const context = { host: { query } };
    const at = { physical: local.at("f"), prior: { content: "ours\n" } };
    assert.equal((await fileKind.read(context as never, at as never))!.content, "ours\n");
    assert.ok(!("content" in asked[0]!.fields));
  });

  it("imports no bytes that are no text, and shows them as a difference", async () => {
    fs.writeFileSync(local.at("f"), Buffer.from([0xff, 0xfe, 0x00]));
    await assert.rejects(read(), /is not UTF-8 text and cannot be imported/);
    assert.notEqual((await read({ content: "ours\n" }))!.content, "ours\n");
  });

  it("does not fetch a file of any size", async () => {
    fs.writeFileSync(local.at("f"), "");
    fs.truncateSync(local.at("f"), 40 * 1024 * 1024);
    const seen = await read({ content: "ours\n" });
    assert.ok(seen && "content" in seen && seen.content === undefined);
    assert.match(warnings[0]!, /holds 40 MiB, too much to fetch/);
    await assert.rejects(read(), /holds 40 MiB, more than/);
  });

  it("sees that it is gone", async () => {
    assert.equal(await read({ content: "ours\n" }), undefined);
  });
});

describe("ids of files", () => {
  it("are their paths, there and back", () => {
    assert.deepEqual(fileKind.parse("/etc/motd"), { path: "/etc/motd" });
    assert.equal(fileKind.physical({ path: "/etc/motd" } as never), "/etc/motd");
    assert.equal(fileKind.parse("etc/motd"), undefined);
  });
});
