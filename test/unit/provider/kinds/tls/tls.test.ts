import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import fc from "fast-check";

import { checkAuthority } from "../../../../../provider/kinds/tls/authority/check";
import { renderAuthorityConfig } from "../../../../../provider/kinds/tls/authority/config.render";
import { isSignedBy, parseCertificate } from "../../../../../provider/kinds/tls/certificate-facts";
import { checkCertificate } from "../../../../../provider/kinds/tls/certificate/check";
import {
  asWritten,
  dueOutputs,
  needsIssue,
} from "../../../../../provider/kinds/tls/certificate/due";
import {
  renderExtensions,
  renderRequest,
  subjectOf,
} from "../../../../../provider/kinds/tls/certificate/request.render";
import { opensslValue } from "../../../../../provider/kinds/tls/openssl-value";
import { formatIssue } from "../../../../../validation/issue";

const folder = mkdtempSync(path.join(tmpdir(), "labwright-tls-"));
const at = (name: string): string => path.join(folder, name);
const openssl = (...args: string[]): string =>
  execFileSync("openssl", args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

function makeAuthority(name: string, commonName: string): string {
  writeFileSync(at(`${name}.cnf`), renderAuthorityConfig(commonName));
  openssl(
    "genpkey",
    "-algorithm",
    "EC",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-out",
    `${name}.key`,
  );
  return openssl(
    "req",
    "-x509",
    "-new",
    "-key",
    `${name}.key`,
    "-config",
    `${name}.cnf`,
    "-days",
    "100",
  );
}

interface Wanted {
  commonName?: string;
  dnsNames: string[];
  ipAddresses: string[];
}

/** A certificate as the kind makes it, from the same texts. */
function issue(wanted: Wanted, days = 90): { pem: string; subject: string } {
  writeFileSync(at("request.cnf"), renderRequest(wanted));
  writeFileSync(at("extensions"), renderExtensions(wanted));
  const empty = subjectOf(wanted) === "" ? ["-subj", "/"] : [];
  openssl("req", "-new", "-key", "ca.key", "-config", "request.cnf", "-out", "request", ...empty);
  const subject = openssl("req", "-in", "request", "-noout", "-subject", "-nameopt", "RFC2253");
  const pem = openssl(
    ...[
      "x509",
      "-req",
      "-in",
      "request",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-set_serial",
      "0x4abc",
    ],
    ...["-days", String(days), "-extfile", "extensions", "-extensions", "certificate"],
  );
  return { pem, subject: subject.trim().replace(/^subject= ?/, "") };
}

describe("certificates, with openssl itself", () => {
  let authority: string;
  before(() => {
    authority = makeAuthority("ca", "Lab CA");
    writeFileSync(at("ca.pem"), authority);
  });
  after(() => rmSync(folder, { recursive: true }));

  const names = [
    "Lab CA",
    "$HOME ${ENV::PATH} $ENV::HOME",
    "a # b ; c",
    "O=x, CN=y/CN=z+OU=q",
    "\"quoted\" 'single' `tick`",
    "back\\slash \\n \\\\",
    "@names [section]",
    "=",
    "ünï€😀",
    "x".repeat(64),
  ];
  for (const name of names) {
    it(`renderAuthorityConfig() keeps ${JSON.stringify(name)} as it is`, () => {
      const facts = parseCertificate(makeAuthority("other", name));
      assert.equal(facts?.commonName, name);
      assert.equal(facts.validityDays, 100);
    });
  }

  it("opensslValue() keeps any text that the check accepts, to openssl", function () {
    this.timeout(60_000);
    const text = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((value) => checkAuthority({ commonName: value }).length === 0);
    fc.assert(
      fc.property(text, (name) => {
        writeFileSync(at("value.cnf"), renderAuthorityConfig(name));
        const pem = openssl("req", "-x509", "-new", "-key", "ca.key", "-config", "value.cnf");
        assert.equal(parseCertificate(pem)?.commonName, name);
      }),
      { numRuns: 60 },
    );
  });

  const wanted: [Wanted, string, string][] = [
    [
      {
        dnsNames: ["wiki.home.arpa", "*.Apps.home.arpa"],
        ipAddresses: ["10.77.0.80", "FD00::0:80"],
      },
      "CN=wiki.home.arpa",
      "DNS:wiki.home.arpa, DNS:*.apps.home.arpa, IP Address:10.77.0.80, IP Address:FD00:0:0:0:0:0:0:80",
    ],
    [{ dnsNames: [], ipAddresses: ["10.0.0.1"] }, "", "IP Address:10.0.0.1"],
    [
      { commonName: "The Wiki (10.77)*", dnsNames: ["a.b"], ipAddresses: [] },
      "CN=The Wiki (10.77)*",
      "DNS:a.b",
    ],
    [
      { dnsNames: [`${"a".repeat(60)}.home.arpa`, "short.home.arpa"], ipAddresses: [] },
      "CN=short.home.arpa",
      `DNS:${"a".repeat(60)}.home.arpa, DNS:short.home.arpa`,
    ],
  ];
  for (const [names, subject, alternatives] of wanted) {
    it(`makes what is asked for: ${alternatives.slice(0, 60)}`, () => {
      const issued = issue(names);
      assert.equal(issued.subject, subject);
      assert.equal(subjectOf(names), subject);
      const certificate = new X509Certificate(issued.pem);
      assert.equal(certificate.subjectAltName, alternatives);
      assert.equal(certificate.ca, false);
      assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
      const text = openssl("x509", "-in", write("issued", issued.pem), "-noout", "-text");
      assert.match(text, /Key Usage: critical\s+Digital Signature\n/);
      assert.match(text, /Authority Key Identifier/);
      assert.match(text, subject ? /Alternative Name: \n/ : /Alternative Name: critical\n/);
      assert.ok(isSignedBy(issued.pem, authority));
      assert.ok(
        !isSignedBy(issued.pem, makeAuthority("other", "Lab CA")),
        "the same name, another key",
      );
      openssl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.pem", "issued");
    });
  }

  const write = (name: string, content: string): string => {
    writeFileSync(at(name), content);
    return name;
  };

  const inputs = {
    name: "wiki",
    authority: { name: "lab" },
    dnsNames: ["wiki.home.arpa"],
    ipAddresses: [],
    validityDays: 90,
    renewBeforeDays: 30,
  };
  const day = 86_400_000;

  it("dueOutputs() renews when renewBeforeDays or fewer are left, and for a problem", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    const state = (days: number, problem = "") => ({
      certificatePem: "",
      notAfter: new Date(now + days * day).toISOString(),
      problem,
    });
    assert.deepEqual(dueOutputs(state(30.001), inputs as never, now), []);
    assert.deepEqual(dueOutputs(state(30), inputs as never, now), [
      "certificatePem",
      "notAfter",
      "serial",
    ]);
    assert.deepEqual(dueOutputs(state(-1), inputs as never, now), [
      "certificatePem",
      "notAfter",
      "serial",
    ]);
    assert.deepEqual(dueOutputs(state(31, "the key is missing"), inputs as never, now), [
      "problem",
    ]);
    assert.deepEqual(
      dueOutputs({ certificatePem: "", notAfter: "", problem: "" }, inputs as never, now),
      ["certificatePem", "notAfter", "serial"],
    );
    assert.deepEqual(dueOutputs(state(1), { ...inputs, renewBeforeDays: 0 } as never, now), []);
    assert.deepEqual(
      dueOutputs(state(1), {} as never, now),
      [],
      "renewBeforeDays is not known yet",
    );
  });

  it("needsIssue() is true for every difference, and only then", () => {
    const { pem } = issue(inputs);
    const facts = parseCertificate(pem)!;
    const seen = { ...facts, problem: "" };
    const full = { ...inputs, authority: { name: "lab", certificatePem: authority } };
    const due = (more: object, state: object = {}) =>
      needsIssue({ ...seen, ...state }, { ...full, ...more } as never, Date.now());
    assert.equal(due({}), false);
    assert.equal(due({ dnsNames: ["WIKI.home.arpa"], commonName: "wiki.home.arpa" }), false);
    assert.equal(due({ renewBeforeDays: 80, reload: "nginx" }), false);
    assert.equal(needsIssue(undefined, full as never, Date.now()), true);
    assert.equal(due({ dnsNames: ["wiki.home.arpa", "b.home.arpa"] }), true);
    assert.equal(due({ ipAddresses: ["10.0.0.1"] }), true);
    assert.equal(due({ commonName: "other" }), true);
    assert.equal(due({ validityDays: 91 }), true);
    assert.equal(due({ authority: { certificatePem: makeAuthority("other", "Lab CA") } }), true);
    assert.equal(due({ authority: { certificatePem: "" } }), true);
    assert.equal(due({}, { problem: "the key is missing" }), true);
    assert.equal(due({}, { certificatePem: "hello" }), true);
    assert.equal(needsIssue(seen, full as never, Date.now() + 61 * day), true);
  });

  it("parseCertificate() takes the first certificate of a chain, and no other text for one", () => {
    const { pem } = issue(inputs);
    assert.deepEqual(parseCertificate(`text\n${pem}${authority}`), parseCertificate(pem));
    assert.equal(parseCertificate(pem)?.certificatePem, pem);
    assert.equal(parseCertificate(pem)?.serial, "4ABC");
    assert.match(parseCertificate(pem)!.notAfter, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const broken = pem.replace("MII", "AAA");
    for (const text of ["", "hello", broken, pem.slice(0, 200)])
      assert.equal(parseCertificate(text), undefined);
    fc.assert(fc.property(fc.string(), (text) => parseCertificate(text) === undefined));
  });

  it("parseCertificate() is not fooled by a name that looks like two", () => {
    writeFileSync(
      at("tricky.cnf"),
      "[req]\nprompt=no\ndistinguished_name=dn\nx509_extensions=e\n[dn]\nCN=x\n[e]\nsubjectAltName=@n\n[n]\nDNS.1=a.b\\, DNS:evil.example\nemail.1=a@b\n",
    );
    const facts = parseCertificate(
      openssl("req", "-x509", "-new", "-key", "ca.key", "-config", "tricky.cnf"),
    );
    assert.ok(!facts!.dnsNames.includes("evil.example"));
    assert.equal(facts!.dnsNames.length, 2);
  });
});

describe("opensslValue()", () => {
  it("throws on what a line cannot carry", () => {
    for (const text of ["", " a", "a ", "a\nb", "a\rb", "a\0b"])
      assert.throws(() => opensslValue(text), /OpenSSL's configuration/);
  });
});

describe("asWritten()", () => {
  it("keeps the program's order and spelling when the names are the same", () => {
    assert.deepEqual(asWritten(["a.b", "c.d"], ["C.d", "a.b"]), ["C.d", "a.b"]);
    assert.deepEqual(asWritten(["fd00::1"], ["FD00:0::1"]), ["FD00:0::1"]);
    assert.deepEqual(asWritten(["a.b"], ["a.b", "c.d"]), ["a.b"]);
    assert.deepEqual(asWritten(["a.b"], undefined), ["a.b"]);
  });
});

describe("checkAuthority()", () => {
  it("accepts an authority, and what is not known yet", () => {
    assert.deepEqual(checkAuthority({ name: "lab", commonName: 'Läb "CA" $HOME' }), []);
    assert.deepEqual(checkAuthority({}), []);
  });
  const name =
    "use letters, digits, ., _ and -, at most 63, a letter or digit first: it names files on the host";
  for (const text of [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "a b",
    "-a",
    "a@new",
    "a\n",
    "$(x)",
    "a".repeat(64),
  ]) {
    it(`refuses the name ${JSON.stringify(text)}`, () => {
      assert.deepEqual(checkAuthority({ name: text }).map(formatIssue), [
        `name is ${JSON.stringify(text)}: ${name}`,
      ]);
    });
  }
  for (const commonName of ["", " a", "a ", "a\nb", "a\0", "x".repeat(65)]) {
    it(`refuses the common name ${JSON.stringify(commonName)}`, () => {
      assert.deepEqual(checkAuthority({ commonName }).map(formatIssue), [
        `commonName is ${JSON.stringify(commonName)}: use a text of 1-64 characters on one line, without space at its ends`,
      ]);
    });
  }
});

describe("checkCertificate()", () => {
  const good = {
    name: "wiki",
    dnsNames: ["wiki.home.arpa", "*.apps.home.arpa", "localhost"],
    ipAddresses: ["10.77.0.80", "fd00::80"],
    validityDays: 90,
    renewBeforeDays: 30,
  };
  const issues = (inputs: object): string[] =>
    checkCertificate({ ...good, ...inputs } as never).map(formatIssue);
  it("accepts a certificate, and what is not known yet", () => {
    assert.deepEqual(issues({}), []);
    assert.deepEqual(checkCertificate({}), []);
    assert.deepEqual(issues({ dnsNames: undefined }), []);
    assert.deepEqual(issues({ dnsNames: [], commonName: "by address (10.77)" }), []);
  });
  const bad: [object, RegExp[]][] = [
    [
      { dnsNames: [], ipAddresses: [] },
      [/^dnsNames is \[\]: give at least one DNS name or IP address$/],
    ],
    [{ dnsNames: ["a.b", "*.*.b"] }, [/^dnsNames\[1\] is /]],
    [{ dnsNames: ["*"] }, [/^dnsNames\[0\] is "\*"/]],
    [{ dnsNames: ["a_b.c"] }, [/no underscore/]],
    [{ dnsNames: ["a.b."] }, [/leave out the dot at the end$/]],
    [{ dnsNames: ["10.0.0.1"] }, [/use a name, not an address/]],
    [{ dnsNames: ["ü.de"] }, [/ASCII form/]],
    [{ dnsNames: ["a.b,DNS:evil"] }, [/^dnsNames\[0\]/]],
    [{ dnsNames: ["a.b\nDNS.2=evil"] }, [/^dnsNames\[0\]/]],
    [{ dnsNames: ["$ENV::HOME"] }, [/^dnsNames\[0\]/]],
    [{ dnsNames: ["a.b", "A.b"] }, [/^dnsNames\[1\] is "A\.b": give each one once$/]],
    [{ ipAddresses: ["10.0.0.256"] }, [/^ipAddresses\[0\]/]],
    [{ ipAddresses: ["fd00::1", "FD00:0::1"] }, [/^ipAddresses\[1\].*give each one once$/]],
    [{ commonName: "a\nCN=b" }, [/^commonName is/]],
    [{ commonName: "a,O=b" }, [/^commonName is/]],
    [{ commonName: "$HOME" }, [/^commonName is/]],
    [{ commonName: "a " }, [/^commonName is/]],
    [{ commonName: "x".repeat(65) }, [/^commonName is/]],
    [{ renewBeforeDays: 90 }, [/^renewBeforeDays is 90: use less than validityDays \(90\)/]],
    [{ reload: "nginx; reboot" }, [/^reload is "nginx; reboot": use the name of a service/]],
    [{ name: "../x", reload: "-x" }, [/^name is/, /^reload is/]],
    [{ authority: { name: "a/b" } }, [/^authority\.name is "a\/b"/]],
  ];
  for (const [inputs, expected] of bad) {
    it(`says what is wrong with ${JSON.stringify(inputs)}`, () => {
      const found = issues(inputs);
      assert.equal(found.length, expected.length, found.join("\n"));
      expected.forEach((pattern, index) => assert.match(found[index]!, pattern));
    });
  }
});
