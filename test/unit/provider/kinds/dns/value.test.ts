import assert from "node:assert/strict";
import fc from "fast-check";

import {
  parseStrings,
  parseTxt,
  renderTxt,
} from "../../../../../provider/kinds/dns/record/character-strings";
import { recordTypes } from "../../../../../provider/kinds/dns/record/schema";
import {
  canonicalData,
  dataOf,
  plainValue,
  type RecordType,
  understand,
} from "../../../../../provider/kinds/dns/record/value";

const HEX64 = "0123456789abcdef".repeat(4);

describe("understand()", () => {
  const good: [RecordType, string, string][] = [
    ["A", "10.77.0.80", "10.77.0.80"],
    ["AAAA", "FD00:77:0:0:0:0:0:80", "fd00:77::80"],
    ["AAAA", "::ffff:10.0.0.1", "::ffff:a00:1"],
    ["AAAA", "::0.13.0.212", "::d:d4"],
    ["CNAME", "WIKI.Home.ARPA.", "wiki.home.arpa."],
    ["CNAME", "_acme.home.arpa.", "_acme.home.arpa."],
    ["PTR", " wiki.home.arpa. ", "wiki.home.arpa."],
    ["MX", "010\tMAIL.home.arpa.", "10 mail.home.arpa."],
    ["MX", "0 .", "0 ."],
    ["SRV", "0  5 389 ldap.home.arpa.", "0 5 389 ldap.home.arpa."],
    ["SRV", "0 0 0 .", "0 0 0 ."],
    ["CAA", "0 ISSUE letsencrypt.org", '0 issue "letsencrypt.org"'],
    ["CAA", '128 iodef "mailto:a\\"b@c.d; x"', '128 iodef "mailto:a\\"b@c.d; x"'],
    ["CAA", '0 issue ";"', '0 issue ";"'],
    ["SSHFP", `4 2 ${HEX64}`, `4 2 ${HEX64.toUpperCase()}`],
    ["SSHFP", `04 2 ${HEX64.slice(0, 30)} ${HEX64.slice(30)}`, `4 2 ${HEX64.toUpperCase()}`],
    ["TLSA", "3 1 0 30 82 ff", "3 1 0 3082FF"],
    ["TXT", "", '""'],
    ["TXT", 'a "b" \\ c', '"a \\"b\\" \\\\ c"'],
    ["TXT", "ü\n", '"\\195\\188\\010"'],
    ["TXT", "x".repeat(256), `"${"x".repeat(255)}" "x"`],
    ["TXT", "é".repeat(128), `"${"\\195\\169".repeat(127)}\\195" "\\169"`],
  ];
  for (const [type, value, data] of good) {
    it(`reads ${type} ${JSON.stringify(value).slice(0, 60)}`, () => {
      assert.deepEqual(understand(type, value), { data });
    });
  }

  const bad: [RecordType, string, RegExp][] = [
    ["A", "10.77.0.300", /^use an IPv4 address/],
    ["A", "10.77.1", /^use an IPv4 address/],
    ["A", "10.77.0.1\nupdate delete home.arpa. A", /one line/],
    ["A", "fd00::1", /^use an IPv4 address/],
    ["AAAA", "10.77.0.1", /^use an IPv6 address/],
    ["AAAA", "fe80::1%eth0", /^use an IPv6 address/],
    ["CNAME", "wiki", /^use the whole name with the dot at the end, such as wiki\.home\.arpa\./],
    ["CNAME", "wiki.home.arpa", /^end the name with a dot/],
    ["CNAME", ".", /^use the name of a host/],
    ["CNAME", "", /^use the name of a host/],
    ["CNAME", "a..b.", /empty label/],
    ["CNAME", "a.test. send", /^use the name of a host/],
    ["CNAME", `${"a".repeat(64)}.test.`, /at most 63/],
    ["CNAME", "bücher.test.", /printable ASCII/],
    ["MX", "mail.home.arpa.", /^use preference and mail server/],
    ["MX", "70000 mail.home.arpa.", /^use preference and mail server/],
    ["MX", "-1 mail.home.arpa.", /^use preference and mail server/],
    ["MX", "10 mail.home.arpa. extra", /^use preference and mail server/],
    ["MX", "10 my_mail.home.arpa.", /no underscore in the name of a host/],
    ["NS", "n_s.home.arpa.", /no underscore in the name of a host/],
    ["SRV", "0 0 1 a_b.home.arpa.", /no underscore in the name of a host/],
    ["SRV", "0 0 ldap.home.arpa.", /^use priority, weight, port and target/],
    ["SRV", "0 0 65536 ldap.home.arpa.", /^use priority, weight, port and target/],
    ["CAA", "0 issue", /^use flags, tag and value/],
    ["CAA", "256 issue x", /^use flags, tag and value/],
    ["CAA", "0 is-sue x", /^use flags, tag and value/],
    ["CAA", '0 issue "a" "b"', /^use flags, tag and value/],
    ["CAA", '0 issue "a', /^use flags, tag and value/],
    ["CAA", '0 issue "\\999"', /^use flags, tag and value/],
    ["SSHFP", `4 2 ${HEX64}0`, /hexadecimal/],
    ["SSHFP", `4 1 ${HEX64}`, /^use 40 hexadecimal digits for type 1, not 64/],
    ["TLSA", "3 1 1 xyz", /hexadecimal/],
    ["TLSA", "3 1 0", /hexadecimal/],
    ["TXT", "a\ud800", /broken Unicode/],
  ];
  for (const [type, value, fix] of bad) {
    it(`refuses ${type} ${JSON.stringify(value).slice(0, 60)}`, () => {
      const understood = understand(type, value);
      assert.ok("fix" in understood);
      assert.match(understood.fix, fix);
    });
  }

  const anyType = fc.constantFrom(...recordTypes);
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."09afAF.:-_*@\"\\;() \t\n\r$#'\0é") }),
  );
  it("gives one line of ASCII that means the same again, whatever is thrown at it", () => {
    fc.assert(
      fc.property(anyType, anyText, (type, value) => {
        const understood = understand(type, value);
        if ("fix" in understood) return;
        assert.match(understood.data, /^[ -~]*$/);
        assert.equal(canonicalData(type, understood.data), understood.data);
        assert.equal(dataOf(type, plainValue(type, understood.data)), understood.data);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("character strings", () => {
  it("carry any text there and back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
        const data = renderTxt(text);
        assert.equal(parseTxt(data), text);
        for (const octets of parseStrings(data)!) assert.ok(octets.length <= 255);
      }),
      { numRuns: 10_000 },
    );
  });

  it("are read bare, escaped and side by side, as name servers print them", () => {
    assert.equal(parseTxt('"a" "b"'), "ab");
    assert.equal(parseTxt("bare\\032text"), "bare text");
    assert.equal(parseTxt('"\\195\\188"'), "ü");
    assert.equal(canonicalData("TXT", '"a" "b"'), '"ab"');
  });

  it("that are no UTF-8 stay as the name server prints them", () => {
    assert.equal(parseTxt('"\\255"'), undefined);
    assert.equal(plainValue("TXT", '"\\255"'), '"\\255"');
  });

  it("are refused when they are none", () => {
    for (const data of ['"open', "a(b", "", '"\\256"', 'a"b'])
      assert.equal(parseTxt(data), undefined, data);
  });
});
