import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";

import { checkSite } from "../../../../../provider/kinds/nginx/site/check";
import { renderJudge } from "../../../../../provider/kinds/nginx/site/judge.render";
import { parseListen } from "../../../../../provider/kinds/nginx/site/listen.parse";
import { parseSitePath, sitePath } from "../../../../../provider/kinds/nginx/site/path";
import { explainVerdict, nginxMessage } from "../../../../../provider/kinds/nginx/site/verdict";
import { formatIssue } from "../../../../../validation/issue";

type Inputs = Parameters<typeof checkSite>[0];
const issues = (inputs: object) =>
  checkSite({ name: "wiki", context: "http", config: "", ...inputs } as Inputs).map(formatIssue);

describe("checkSite()", () => {
  it("accepts a site, and what is not known yet", () => {
    assert.deepEqual(issues({}), []);
    assert.deepEqual(issues({ name: undefined, config: undefined }), []);
    assert.deepEqual(issues({ name: "_default.home.arpa-1" }), []);
  });

  const shape = "use letters, digits, dots, - and _, at most 100, with no dot or - first";
  const bad: [object, string][] = [
    [{ name: "" }, `name is "": ${shape}`],
    [{ name: ".hidden" }, `name is ".hidden": ${shape}`],
    [{ name: "../../passwd" }, `name is "../../passwd": ${shape}`],
    [{ name: "a/b" }, `name is "a/b": ${shape}`],
    [{ name: "a b" }, `name is "a b": ${shape}`],
    [{ name: "a\nb" }, `name is "a\\nb": ${shape}`],
    [{ name: "-rf" }, `name is "-rf": ${shape}`],
    [{ name: "a".repeat(101) }, `name is "${"a".repeat(101)}": ${shape}`],
    [{ name: "wiki.conf" }, 'name is "wiki.conf": leave out .conf: wiki'],
    [{ config: "a\0b" }, "config: leave out the NUL character"],
    [{ config: "a\ud800" }, "config: leave out broken Unicode characters (lone surrogates)"],
  ];
  for (const [inputs, issue] of bad) {
    it(`refuses ${JSON.stringify(inputs).slice(0, 60)}`, () =>
      assert.deepEqual(issues(inputs), [issue]));
  }

  it("accepts no name that leads out of the folder, and paths lead back to it", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."ab./-_*\n") }),
    );
    fc.assert(
      fc.property(text, fc.constantFrom("http" as const, "stream" as const), (name, context) => {
        if (checkSite({ name, context }).length > 0) return;
        const path = sitePath({ name, context });
        assert.match(path, /^\/etc\/nginx\/(conf|stream)\.d\/[A-Za-z0-9_][A-Za-z0-9._-]*\.conf$/);
        assert.deepEqual(parseSitePath(path), { name, context });
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("parseSitePath()", () => {
  it("knows no other folder", () => {
    for (const path of [
      "/etc/nginx/nginx.conf",
      "/etc/nginx/sites-enabled/a.conf",
      "a.conf",
      "",
      "/etc/nginx/conf.d/a",
    ])
      assert.equal(parseSitePath(path), undefined, path);
  });
});

describe("parseListen()", () => {
  const cases: [string, object[]][] = [
    ["server { listen 80; }", [{ family: 4, port: 80, protocol: "tcp" }]],
    [
      "server{listen 443 ssl;listen [::]:443 ssl;}",
      [
        { family: 4, port: 443, protocol: "tcp" },
        { family: 6, port: 443, protocol: "tcp" },
      ],
    ],
    [
      "listen 10.77.0.80:8080 default_server reuseport;",
      [{ family: 4, port: 8080, protocol: "tcp", address: "10.77.0.80" }],
    ],
    [
      "listen *:53 udp;\nlisten\n53;",
      [
        { family: 4, port: 53, protocol: "udp" },
        { family: 4, port: 53, protocol: "tcp" },
      ],
    ],
    ["listen [FD00::1]:80;", [{ family: 6, port: 80, protocol: "tcp", address: "fd00::1" }]],
    ["# listen 1;\nreturn 200 \"listen 2;\"; # listen 3;\nset $a 'listen 4;';", []],
    ["listen unix:/run/x.sock; listen localhost:80; listen 70000; listen 127.0.0.1;", []],
    ["proxy_listen 80; mylisten 80;", []],
    ["listen $(id):80; listen 300.1.1.1:80;", []],
  ];
  for (const [config, sockets] of cases) {
    it(`reads ${JSON.stringify(config)}`, () => assert.deepEqual(parseListen(config), sockets));
  }
});

describe("renderJudge()", () => {
  it("is a shell script, whatever the site says", () => {
    const text = fc.string({ unit: fc.constantFrom(..."listen 0:[];*.\"'$(){}#\n\\f8") });
    fc.assert(
      fc.property(text, (junk) => {
        const sockets = parseListen(`listen ${junk}; ${junk}`);
        for (const { address, port } of sockets) {
          assert.match(address ?? "", /^[0-9a-f:.]*$/);
          assert.ok(Number.isInteger(port) && port <= 65535);
        }
      }),
      { numRuns: 10_000 },
    );
    const sockets = parseListen(
      "listen 80; listen [::]:80; listen 10.0.0.1:81 udp; listen [fd00::1]:82;",
    );
    assert.equal(sockets.length, 4);
    execFileSync("sh", ["-n"], { input: renderJudge("/etc/nginx/conf.d/a.conf", sockets) });
  });
});

describe("explainVerdict()", () => {
  const path = "/etc/nginx/conf.d/wiki.conf";
  const verdict = `nginx: [emerg] unknown directive "x" in ${path}:3
nginx: configuration file /etc/nginx/nginx.conf test failed
`;
  it("gives nginx's own message with path and line", () => {
    assert.equal(nginxMessage(verdict), `[emerg] unknown directive "x" in ${path}:3`);
    assert.equal(
      explainVerdict(path, verdict, undefined),
      `config is refused by nginx, nothing was changed: [emerg] unknown directive "x" in ${path}:3`,
    );
  });
  it("names the site where nginx names another file", () => {
    assert.equal(
      explainVerdict(
        path,
        "nginx: [emerg] duplicate upstream in /etc/nginx/conf.d/z.conf:1",
        undefined,
      ),
      `config is refused by nginx, nothing was changed: [emerg] duplicate upstream in /etc/nginx/conf.d/z.conf:1 (with ${path} in place)`,
    );
  });
  it("says that it was broken before", () => {
    assert.match(
      explainVerdict(path, verdict, "nginx: [emerg] old"),
      /also without this site.*: \[emerg\] old$/,
    );
  });
});
