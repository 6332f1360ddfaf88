import assert from "node:assert/strict";
import { renderNamedOptions } from "../../../components/dns/bind-server.render";

const options = { forwarders: [], listenOn: [], networks: [], settings: {} };
const lines = (text: string) => text.split("\n").map((line) => line.trim());

describe("renderNamedOptions()", () => {
  it("answers nobody but the host itself when no network is given", () => {
    assert.deepEqual(
      lines(renderNamedOptions(options)).filter((line) => !line.startsWith("disable-empty-zone")),
      [
        "options {",
        'directory "/var/cache/bind";',
        "listen-on { any; };",
        "listen-on-v6 { any; };",
        "allow-new-zones yes;",
        "recursion yes;",
        "allow-query { localhost; };",
        "allow-query-cache { localhost; };",
        "allow-recursion { localhost; };",
        "};",
        "",
      ],
    );
  });

  it("parts the addresses to listen on by their version, and adds loopback for its own use", () => {
    const text = renderNamedOptions({ ...options, listenOn: ["10.77.0.53", "fd00:77::53"] });
    assert.match(
      text,
      /\n {4}listen-on { 127\.0\.0\.1; 10\.77\.0\.53; };\n {4}listen-on-v6 { fd00:77::53; };\n/,
    );
    assert.match(
      renderNamedOptions({ ...options, listenOn: ["10.77.0.53"] }),
      /\n {4}listen-on-v6 { none; };\n/,
    );
  });

  it("names forwarders only when there are some", () => {
    assert.doesNotMatch(renderNamedOptions(options), /forwarders/);
    assert.match(
      renderNamedOptions({ ...options, forwarders: ["9.9.9.9", "2620:fe::fe"] }),
      /\n {4}forwarders { 9\.9\.9\.9; 2620:fe::fe; };\n/,
    );
  });

  it("makes room for the zones a lab serves under names that BIND has taken", () => {
    const text = renderNamedOptions(options);
    for (const zone of [
      "home.arpa",
      "10.in-addr.arpa",
      "16.172.in-addr.arpa",
      "31.172.in-addr.arpa",
      "168.192.in-addr.arpa",
      "d.f.ip6.arpa",
    ])
      assert.ok(text.includes(`    disable-empty-zone "${zone}";\n`), zone);
    assert.doesNotMatch(text, /15\.172|32\.172/);
  });

  it("writes settings in order, lists in braces", () => {
    const text = renderNamedOptions({
      ...options,
      settings: { version: '"none"', "also-notify": ["10.0.0.1", "10.0.0.2"] },
    });
    assert.match(
      text,
      /\n {4}also-notify { 10\.0\.0\.1; 10\.0\.0\.2; };\n {4}version "none";\n};\n$/,
    );
  });
});
