import assert from "node:assert/strict";
import fc from "fast-check";

import { checkPackage } from "../../../../../provider/kinds/host/package/check";
import { packageKind } from "../../../../../provider/kinds/host/package/kind";
import { checkService } from "../../../../../provider/kinds/host/service/check";
import { serviceKind } from "../../../../../provider/kinds/host/service/kind";
import {
  checkAuthorizedKey,
  keyLines,
  parseKeyLines,
} from "../../../../../provider/kinds/host/user/authorized-key";
import { checkUser } from "../../../../../provider/kinds/host/user/check";
import { userKind } from "../../../../../provider/kinds/host/user/kind";
import { parseOsRelease } from "../../../../../provider/kinds/host/machine/os-release.parse";
import { formatIssue } from "../../../../../validation/issue";

const key =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJbYTpq4dXCGYwY8gqRrZ2g0cYlLpXlLxQn0c6L0mJ9P anna@laptop";

/** Texts that mean something to a shell, to a program's options or to a file. */
const hostile = [
  "",
  "-o=x",
  "--help",
  "a b",
  "a;reboot",
  "$(reboot)",
  "`reboot`",
  "a\nb",
  "a\0b",
  "../../etc/passwd",
  "a'b",
  'a"b',
  "*",
  "a=1",
  "ä",
];

describe("checkPackage()", () => {
  it("accepts names and versions of every distribution, and what is not known yet", () => {
    for (const [name, version] of [
      ["bind9", "1:9.18.33-1~deb12u2"],
      ["libstdc++6", "12.2.0-14+deb12u1"],
      ["NetworkManager", "1.48.10-2.el9"],
      ["python3.11-venv", "3.11.2-6"],
    ]) {
      assert.deepEqual(checkPackage({ name, version }), []);
    }
    assert.deepEqual(checkPackage({}), []);
  });
  for (const name of [...hostile, "nginx=1.2", "nginx/stable", "nginx:amd64"]) {
    it(`refuses the name ${JSON.stringify(name)}`, () => {
      assert.deepEqual(checkPackage({ name }).map(formatIssue), [
        `name is ${JSON.stringify(name)}: use the name of a package such as bind9`,
      ]);
      assert.equal(packageKind.parse(name), undefined);
    });
  }
  for (const version of hostile) {
    it(`refuses the version ${JSON.stringify(version)}`, () => {
      const [issue] = checkPackage({ name: "bind9", version });
      assert.equal(issue?.field, "version");
      assert.match(issue.fix, /^use a version as the package manager prints it/);
    });
  }
});

describe("checkService()", () => {
  it("accepts units of systemd and services of OpenRC, and what is not known yet", () => {
    for (const unit of [
      "nginx",
      "nginx.service",
      "apt-daily.timer",
      "getty@tty1",
      "wg-quick@wg0.service",
      "systemd-fsck@dev-sda\\x2d1.service",
      "net.eth0",
    ]) {
      assert.deepEqual(checkService({ unit }), []);
    }
    assert.deepEqual(checkService({}), []);
  });
  for (const unit of [...hostile.filter((text) => text !== "a=1"), "a=1", "/etc/x.service"]) {
    it(`refuses the unit ${JSON.stringify(unit)}`, () => {
      assert.deepEqual(checkService({ unit }).map(formatIssue), [
        `unit is ${JSON.stringify(unit)}: use the name of a service, such as nginx`,
      ]);
      assert.equal(serviceKind.parse(unit), undefined);
    });
  }
  it("refuses a template without an instance", () => {
    for (const unit of ["getty@", "getty@.service"]) {
      assert.deepEqual(checkService({ unit }).map(formatIssue), [
        `unit is "${unit}": name an instance of the template, such as getty@tty1`,
      ]);
    }
  });
});

describe("checkUser()", () => {
  it("accepts a user, and what is not known yet", () => {
    assert.deepEqual(checkUser({}), []);
    assert.deepEqual(
      checkUser({
        name: "anna",
        primaryGroup: "users",
        groups: ["adm", "systemd-journal"],
        shell: "/bin/bash",
        home: "/home/anna",
        comment: "Anna, $HOME 'x' \"y\" `z`",
        authorizedKeys: [key, `${key}\n`],
      }),
      [],
    );
  });
  const name = "use a lower-case letter, then letters, digits, - or _, at most 32";
  const field = "leave out colons and control characters";
  const bad: [Parameters<typeof checkUser>[0], string[]][] = [
    [{ name: "Anna" }, [`name is "Anna": ${name}`]],
    [{ name: "-r" }, [`name is "-r": ${name}`]],
    [{ name: "a:b" }, [`name is "a:b": ${name}`]],
    [{ name: ".*" }, [`name is ".*": ${name}`]],
    [{ primaryGroup: "a b" }, [`primaryGroup is "a b": ${name}`]],
    [{ groups: ["adm", "a,b"] }, [`groups[1] is "a,b": ${name}`]],
    [{ shell: "bash" }, ['shell is "bash": use an absolute path such as /etc/motd']],
    [{ shell: "/bin/a:b" }, [`shell is "/bin/a:b": ${field}`]],
    [{ home: "/home/../etc" }, ['home is "/home/../etc": leave out . and ..']],
    [{ home: "/home/a\nb" }, ['home is "/home/a\\nb": leave out control characters']],
    [{ comment: "a:b" }, [`comment is "a:b": ${field}`]],
    [{ comment: "a\nroot:x:0:0" }, [`comment is "a\\nroot:x:0:0": ${field}`]],
    [{ name: "root", removeHome: true }, ["removeHome is true: use false for root"]],
    [
      { name: "X", shell: "y", comment: ":" },
      [
        `name is "X": ${name}`,
        'shell is "y": use an absolute path such as /etc/motd',
        `comment is ":": ${field}`,
      ],
    ],
  ];
  for (const [inputs, expected] of bad) {
    it(`says what is wrong with ${JSON.stringify(inputs)}`, () => {
      assert.deepEqual(checkUser(inputs).map(formatIssue), expected);
    });
  }
  it("never repeats a private key", () => {
    const secret =
      "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
    assert.deepEqual(checkUser({ authorizedKeys: [key, secret] }).map(formatIssue), [
      "authorizedKeys[1]: use the public key (the .pub file), never the private one",
    ]);
  });
  it("takes a name for an id and nothing else", () => {
    assert.deepEqual(userKind.parse("anna"), { name: "anna" });
    for (const text of hostile) assert.equal(userKind.parse(text), undefined);
  });
});

describe("checkAuthorizedKey()", () => {
  for (const line of [
    key,
    `  ${key}\n`,
    `restrict ${key}`,
    `from="10.77.0.0/24,!10.77.0.9",no-pty ${key}`,
    `command="echo \\"a b\\" | tee x",restrict,pty ${key}`,
    `environment="A=b c" ${key}`,
  ]) {
    it(`accepts ${line.slice(0, 40)}`, () => assert.equal(checkAuthorizedKey(line), undefined));
  }
  for (const line of [
    ...hostile,
    "ssh-ed25519",
    "ssh-ed25519 AAAA",
    `# ${key}`,
    `${key}\n${key}`,
    `${key}\r\n# END labwright`,
    `from="x ${key}`,
    key.replace("ssh-ed25519", "ssh-rsa"),
    "# END labwright",
  ]) {
    it(`refuses ${JSON.stringify(line.slice(0, 40))}`, () => {
      assert.equal(typeof checkAuthorizedKey(line), "string");
    });
  }
});

describe("keyLines() and parseKeyLines()", () => {
  it("come back as they were written, whatever space is around them", () => {
    const written = fc.array(fc.constantFrom(key, `${key}\n`, ` ${key} 2`, `restrict ${key}`));
    fc.assert(
      fc.property(written, (keys) => {
        const unique = [...new Map(keys.map((line) => [line.trim(), line])).values()];
        assert.deepEqual(parseKeyLines(keyLines(unique), unique), unique);
      }),
    );
  });
});

describe("parseOsRelease()", () => {
  const cases: [string, Record<string, string>][] = [
    ['ID=debian\nVERSION_ID="12"\n', { ID: "debian", VERSION_ID: "12" }],
    ["ID=arch\n", { ID: "arch" }],
    ['# c\n\nID=\'rocky\'\nNAME="a \\"b\\" \\$c"', { ID: "rocky", NAME: 'a "b" $c' }],
    ["ID=$(reboot)\nrm -rf /\nexport X=1", { ID: "$(reboot)" }],
    ["ID=alpine\r\n", { ID: "alpine" }],
    ["", {}],
  ];
  for (const [text, expected] of cases) {
    it(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(parseOsRelease(text), expected));
  }
  it("takes anything", () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseOsRelease(text) === "object"));
  });
});
