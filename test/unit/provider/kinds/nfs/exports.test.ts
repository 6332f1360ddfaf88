import assert from "node:assert/strict";
import fc from "fast-check";

import { exportKind as ganeshaKind } from "../../../../../provider/kinds/ganesha/export/kind";
import { parseExport as parseGanesha } from "../../../../../provider/kinds/ganesha/export/parse";
import {
  type ExportBlock,
  renderExport as renderGanesha,
} from "../../../../../provider/kinds/ganesha/export/render";
import { exportKind as nfsKind } from "../../../../../provider/kinds/nfs/export/kind";
import { parseExport } from "../../../../../provider/kinds/nfs/export/parse";
import {
  escapePath,
  renderExport,
  tableEntries,
} from "../../../../../provider/kinds/nfs/export/render";
import { checkExportPath } from "../../../../../provider/kinds/nfs/path";
import type { AnyKind } from "../../../../../provider/kind";
import { checkInputs } from "../../../../../provider/rpc/check";
import type { Properties } from "../../../../../provider/rpc/value";
import { formatIssue } from "../../../../../validation/issue";
import { host } from "../../rpc/thing-kind";

/** Fixed, so that a failure can be looked at again. */
const SEED = 20240229;
const RUNS = 10_000;

const anyPath = fc
  .oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(..."/ab01 \t\n\\\"'#(){}*,=;:%$-.é"), maxLength: 40 }),
  )
  .map((text) => `/${text}`)
  .filter((path) => checkExportPath(path) === undefined);

const issues = (kind: AnyKind, given: Properties) =>
  checkInputs(kind, { host, name: "media", path: "/srv/media", ...given }).issues.map(formatIssue);

describe("nfs:Export's file", () => {
  it("is one line of exports(5)", () => {
    const clients = [
      { client: "10.77.0.90", options: ["rw", "anonuid=7"] },
      { client: "fd00:77::/64", options: ["ro"] },
    ];
    assert.equal(
      renderExport({ path: "/srv/a b", clients }),
      "/srv/a\\040b 10.77.0.90(rw,anonuid=7) fd00:77::/64(ro)\n",
    );
  });

  const escapes: [path: string, written: string][] = [
    ["/srv/plain-1_2.3,4:5=6+7", "/srv/plain-1_2.3,4:5=6+7"],
    ['/srv/"quoted"', "/srv/\\042quoted\\042"],
    ["/srv/#no comment", "/srv/\\043no\\040comment"],
    ["/srv/(rw)", "/srv/\\050rw\\051"],
    ["/srv/é", "/srv/\\303\\251"],
    ["/srv/*", "/srv/\\052"],
  ];
  for (const [path, written] of escapes)
    it(`writes ${path} as ${written}`, () => assert.equal(escapePath(path), written));

  it("is looked for in the table as exportfs writes it", () => {
    const clients = [{ client: "*", options: ["ro"] }];
    assert.deepEqual(tableEntries({ path: '/srv/a b"', clients }), ['/srv/a\\040b"  *(']);
  });

  it("gives back any path that is accepted, in one word of plain characters", () => {
    const clients = [{ client: "10.77.0.0/24", options: ["ro"] }];
    fc.assert(
      fc.property(anyPath, (path) => {
        const text = renderExport({ path, clients });
        assert.match(text, /^\/[A-Za-z0-9/_.,+:=\\-]+ 10\.77\.0\.0\/24\(ro\)\n$/);
        assert.deepEqual(parseExport(text), { path, clients, extra: "" });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  const edited: [fact: string, text: string, path: string, clients: string[]][] = [
    ["a comment", "# mine\n/srv/media *(ro)\n", "/srv/media", ["*(ro)"]],
    ["a second line", "/srv/media *(ro)\n/etc *(rw)\n", "/srv/media", ["*(ro)"]],
    ["quotes", '"/srv/media" *(ro)\n', "/srv/media", ["*(ro)"]],
    ["a continued line", "/srv/media \\\n *(ro)\n", "/srv/media", ["*(ro)"]],
    ["options for everybody", "/srv/media (ro)\n", "/srv/media", ["*(ro)"]],
    ["nothing", "", "", []],
  ];
  for (const [fact, text, path, clients] of edited)
    it(`that somebody gave ${fact} is read, and shows what is not as it was written`, () => {
      const parsed = parseExport(text);
      assert.equal(parsed.path, path);
      assert.deepEqual(
        parsed.clients.map(({ client, options }) => `${client}(${options.join(",")})`),
        clients,
      );
      assert.equal(parsed.extra === "", text === "" || text === renderExport(parsed));
    });
});

describe("nfs:Export check", () => {
  const client = (one: string, ...options: string[]) => ({
    clients: [{ client: one, options: options.length > 0 ? options : ["ro"] }],
  });
  for (const good of [
    "10.77.0.90",
    "10.77.0.0/24",
    "fd00:77::1",
    "nas.home.arpa",
    "*.lan",
    "@lab",
    "*",
  ])
    it(`accepts the client ${good}`, () => assert.deepEqual(issues(nfsKind, client(good)), []));

  const bad: [Properties, RegExp][] = [
    [{ ...client("*"), name: ".hidden" }, /^name is ".hidden": use letters/],
    [{ ...client("*"), name: "a/b" }, /^name is/],
    [{ ...client("*"), path: "srv" }, /^path is "srv": use an absolute path/],
    [{ ...client("*"), path: "/a\\040b" }, /^path .*use a path without a backslash/],
    [{ ...client("*"), path: "/a\nb" }, /^path .*leave out control characters/],
    [{ clients: [] }, /^clients is \[\]: give at least one client/],
    [client("a b"), /^clients\[0\]\.client is "a b": use a host/],
    [client("*(rw)"), /^clients\[0\]\.client/],
    [client("-o"), /^clients\[0\]\.client/],
    [client("a#b"), /^clients\[0\]\.client/],
    [client("*", "rw,ro"), /^clients\[0\]\.options\[0\] is "rw,ro": use one option/],
    [client("*", "ro) *(rw"), /^clients\[0\]\.options\[0\]/],
    [client("*", "anonuid="), /^clients\[0\]\.options\[0\]/],
    [
      { clients: [{ client: "*", options: [] }] },
      /^clients\[0\]\.options is \[\]: give at least one/,
    ],
    [
      { clients: [client("*").clients[0]!, client("*").clients[0]!] },
      /^clients\[1\]\.client is "\*": leave it out: clients\[0\] is the same/,
    ],
  ];
  for (const [given, message] of bad)
    it(`refuses ${JSON.stringify(given)}`, () => {
      const [first] = issues(nfsKind, given);
      assert.match(first ?? "", message);
    });
});

const block = (changes: Partial<ExportBlock> = {}): ExportBlock => ({
  path: "/srv/media",
  pseudo: "/srv/media",
  clients: [
    {
      client: "10.77.0.0/24",
      accessType: "RW",
      squash: "root_squash",
      anonymousUid: 65534,
      anonymousGid: 65534,
      secType: ["sys"],
      privilegedPort: true,
    },
  ],
  settings: {},
  ...changes,
});

describe("ganesha:Export's file", () => {
  it("is one EXPORT block", () => {
    assert.equal(
      blockText(block({ settings: { MaxRead: "65536", Attr_Expiration_Time: "5" } })),
      `EXPORT {
    Export_Id = 7;
    Path = "/srv/media";
    Pseudo = "/srv/media";
    Access_Type = NONE;
    Attr_Expiration_Time = 5;
    MaxRead = 65536;
    FSAL { Name = VFS; }
    CLIENT {
        Clients = 10.77.0.0/24;
        Access_Type = RW;
        Squash = root_squash;
        Anonymous_Uid = 65534;
        Anonymous_Gid = 65534;
        SecType = sys;
        PrivilegedPort = true;
    }
}
`,
    );
  });

  it("gives back any path that is accepted", () => {
    fc.assert(
      fc.property(anyPath, anyPath, (path, pseudo) => {
        const wanted = block({ path, pseudo });
        assert.deepEqual(parseGanesha(blockText(wanted)), { exportId: 7, ...wanted, extra: "" });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  const text = blockText(block());
  const edited: [
    fact: string,
    text: string,
    seen: (export_: ExportBlock) => unknown,
    value: unknown,
  ][] = [
    ["another path", text.replace("/srv/media", "/srv/other"), (e) => e.path, "/srv/other"],
    ["a client that may write", text.replace("RW;", "RO;"), (e) => e.clients[0]!.accessType, "RO"],
    [
      "no more squashing",
      text.replace("= root_squash", "= None"),
      (e) => e.clients[0]!.squash,
      "None",
    ],
    ["another user", text.replace("65534", "0"), (e) => e.clients[0]!.anonymousUid, 0],
    [
      "high ports",
      text.replace("PrivilegedPort = true", "PrivilegedPort = No"),
      (e) => e.clients[0]!.privilegedPort,
      false,
    ],
    [
      "Kerberos",
      text.replace("= sys", "= sys, krb5p"),
      (e) => e.clients[0]!.secType,
      ["sys", "krb5p"],
    ],
    [
      "a second client",
      text.replace("    CLIENT", "    CLIENT { Clients = *; Access_Type = RW; }\n    CLIENT"),
      (e) => e.clients.length,
      2,
    ],
    [
      "a parameter",
      text.replace("    FSAL", "    MaxRead = 1;\n    FSAL"),
      (e) => e.settings,
      { MaxRead: "1" },
    ],
    ["a comment", `# mine\n${text}`, (e) => e.path, "/srv/media"],
    ["a syntax error", text.slice(0, 60), (e) => e.path, "/srv/media"],
    ["nothing", "", (e) => e.path, ""],
  ];
  for (const [fact, now, seen, value] of edited)
    it(`that somebody gave ${fact} is read as such`, () => {
      assert.notEqual(now, text, "the edit does something");
      const parsed = parseGanesha(now);
      assert.deepEqual(seen(parsed), value);
      const same = renderGanesha(parsed.exportId, parsed) === now;
      assert.equal(parsed.extra === "", same || now === "");
    });
});

describe("ganesha:Export check", () => {
  const client = (one: string) => ({ pseudo: "/m", clients: [{ client: one }] });
  for (const good of ["10.77.0.90", "10.77.0.0/24", "fd00:77::1", "fd00::/8", "nas.home.arpa", "*"])
    it(`accepts the client ${good}`, () => assert.deepEqual(issues(ganeshaKind, client(good)), []));

  const bad: [Properties, RegExp][] = [
    [{ ...client("*"), name: "../x" }, /^name is/],
    [{ ...client("*"), path: '/a\\"' }, /^path .*without a backslash/],
    [{ ...client("*"), pseudo: "a" }, /^pseudo is "a": use an absolute path/],
    [{ pseudo: "/m", clients: [] }, /^clients is \[\]: give at least one client/],
    [client("0.0.0.0"), /^clients\[0\]\.client is "0\.0\.0\.0": use \* for everybody/],
    [client("*.home.arpa"), /^clients\[0\]\.client/],
    [client("10.77.0.5/24"), /^clients\[0\]\.client/],
    [client("a; }"), /^clients\[0\]\.client/],
    [
      { ...client("*"), settings: { "a b": "1" } },
      /^settings\.a b is "1": use the name of a parameter/,
    ],
    [{ ...client("*"), settings: { PATH: "/" } }, /^settings\.PATH is "\/": leave it out/],
    [
      { ...client("*"), settings: { MaxRead: "1; }" } },
      /^settings\.MaxRead is "1; }": use one word/,
    ],
    [{ pseudo: "/m", clients: [{ client: "*", squash: "some" }] }, /squash/],
    [{ pseudo: "/m", clients: [{ client: "*", accessType: "rw" }] }, /accessType/],
    [{ pseudo: "/m", clients: [{ client: "*", anonymousUid: -1 }] }, /anonymousUid/],
    [
      { pseudo: "/m", clients: [{ client: "*", secType: [] }] },
      /secType is \[\]: give at least one/,
    ],
  ];
  for (const [given, message] of bad)
    it(`refuses ${JSON.stringify(given)}`, () => {
      assert.match(issues(ganeshaKind, given).join("\n"), message);
    });
});

function blockText(wanted: ExportBlock): string {
  return renderGanesha(7, wanted);
}
