import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  type NginxSiteText,
  renderNginxPassthrough,
  renderNginxSite,
} from "../../../components/proxy/nginx-site.render";
import { renderNginxConf } from "../../../components/proxy/nginx-proxy.render";
import { nginxQuote } from "../../../components/proxy/nginx-quote";

const wiki: NginxSiteText = {
  mode: "terminate",
  hostnames: ["wiki.home.arpa"],
  certificatePath: "/etc/labwright/tls/wiki/certificate.pem",
  keyPath: "/etc/labwright/tls/wiki/key.pem",
  content: { upstream: { address: "10.77.0.90", port: 8080 } },
  maxBodyMiB: 100,
  timeoutSeconds: 60,
  websockets: true,
  settings: {},
};

/** nginx's own reading of a text (ngx_conf_read_token): directives as lists of their arguments, blocks inside. */
type Parsed = (string | Parsed)[][];
function parseNginx(text: string): Parsed {
  let at = 0;
  const block = (nested: boolean): Parsed => {
    const directives: Parsed = [];
    let words: (string | Parsed)[] = [];
    for (;;) {
      while (/\s/.test(text[at] ?? "")) at++;
      const char = text[at];
      if (char === undefined || char === "}") {
        assert.equal(char === "}", nested, "braces match");
        assert.equal(words.length, 0, "a directive ends");
        at++;
        return directives;
      }
      if (char === ";") {
        at++;
        directives.push(words);
        words = [];
      } else if (char === "{") {
        at++;
        directives.push([...words, block(true)]);
        words = [];
      } else if (char === "#") {
        while (at < text.length && text[at] !== "\n") at++;
      } else words.push(word());
    }
  };
  const word = (): string => {
    const quote = text[at] === '"' || text[at] === "'" ? text[at++] : undefined;
    let read = "";
    for (; at < text.length; at++) {
      const char = text[at]!;
      if (char === "\\" && /["'\\]/.test(text[at + 1] ?? "")) read += text[++at]!;
      else if (quote ? char === quote : /[\s;{]/.test(char)) break;
      else read += char;
    }
    if (quote) {
      at++;
      assert.match(text[at] ?? "", /[\s;{]/, "a space after the quote");
    }
    return read;
  };
  return block(false);
}

describe("renderNginxSite()", () => {
  it("sends requests to the upstream, with the client's address and room for websockets", () => {
    assert.equal(
      renderNginxSite(wiki),
      `server {
    listen 127.0.0.1:10443 ssl http2 proxy_protocol;
    server_name wiki.home.arpa;
    ssl_certificate /etc/labwright/tls/wiki/certificate.pem;
    ssl_certificate_key /etc/labwright/tls/wiki/key.pem;
    client_max_body_size 100m;

    location / {
        proxy_pass http://10.77.0.90:8080;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto https;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        proxy_connect_timeout 5s;
        proxy_read_timeout 60s;
        proxy_send_timeout 60s;
    }
}
`,
    );
  });

  it("answers from a folder", () => {
    assert.deepEqual(parseNginx(renderNginxSite({ ...wiki, content: { root: "/srv/w w" } })), [
      [
        "server",
        [
          ["listen", "127.0.0.1:10443", "ssl", "http2", "proxy_protocol"],
          ["server_name", "wiki.home.arpa"],
          ["ssl_certificate", "/etc/labwright/tls/wiki/certificate.pem"],
          ["ssl_certificate_key", "/etc/labwright/tls/wiki/key.pem"],
          ["client_max_body_size", "100m"],
          ["root", "/srv/w w"],
          ["index", "index.html"],
          ["location", "/", [["try_files", "$uri", "$uri/", "=404"]]],
        ],
      ],
    ]);
  });

  it("closes the connection to the upstream without websockets", () => {
    const text = renderNginxSite({ ...wiki, websockets: false });
    assert.match(text, /\n {8}proxy_set_header Connection "";\n/);
    assert.doesNotMatch(text, /Upgrade/);
  });

  it("verifies an upstream's certificate when it is told by what", () => {
    const upstream = { address: "fd00:77::90", port: 8443, tls: { serverName: "app.home.arpa" } };
    const lines = (caFile?: string) =>
      renderNginxSite({
        ...wiki,
        content: { upstream: { ...upstream, tls: { ...upstream.tls, caFile } } },
      })
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => /proxy_(ssl|pass)/.test(line));
    const common = [
      "proxy_pass https://[fd00:77::90]:8443;",
      "proxy_ssl_server_name on;",
      "proxy_ssl_name app.home.arpa;",
    ];
    assert.deepEqual(lines(), [...common, "proxy_ssl_verify off;"]);
    assert.deepEqual(lines("/etc/ssl/ca.pem"), [
      ...common,
      "proxy_ssl_verify on;",
      "proxy_ssl_trusted_certificate /etc/ssl/ca.pem;",
    ]);
  });

  it("writes further directives in order, each argument by itself", () => {
    const settings = { proxy_buffers: ["8", "16k"], add_header: ["X-Note", 'a "b" \\ ; } # c'] };
    const text = renderNginxSite({ ...wiki, settings });
    assert.match(
      text,
      /\n {4}add_header X-Note "a \\"b\\" \\\\ ; } # c";\n {4}proxy_buffers 8 16k;\n/,
    );
  });

  it("keeps any text one argument of its directive, whatever is in it", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text)),
        (text) => {
          const [[, block]] = parseNginx(
            renderNginxSite({ ...wiki, settings: { add_header: ["X", text] } }),
          ) as [[string, Parsed]];
          assert.deepEqual(block[5], ["add_header", "X", text]);
          assert.equal(block.length, 7);
        },
      ),
    );
  });
});

describe("nginxQuote()", () => {
  it("refuses control characters", () => {
    for (const text of ["a\nb", "a\0b", "\u0085"])
      assert.throws(() => nginxQuote(text), /control character/);
  });
});

describe("renderNginxPassthrough()", () => {
  it("is a line of the map for each name", () => {
    assert.equal(
      renderNginxPassthrough(["a.home.arpa", "b.home.arpa"], { address: "10.77.0.90", port: 443 }),
      "a.home.arpa 10.77.0.90:443;\nb.home.arpa 10.77.0.90:443;\n",
    );
  });
});

describe("renderNginxConf()", () => {
  const text = renderNginxConf({ ipv6: true, workerConnections: 1024 });
  const top = parseNginx(text);
  const blockOf = (name: string) => top.find(([first]) => first === name)!.at(-1) as Parsed;
  const servers = (name: string) =>
    blockOf(name)
      .filter(([first]) => first === "server")
      .map((server) => server.at(-1) as Parsed);

  it("refuses a TLS name that no site has", () => {
    assert.deepEqual(servers("http")[1], [
      ["listen", "127.0.0.1:10443", "ssl", "http2", "proxy_protocol", "default_server"],
      ["server_name", "_"],
      ["ssl_reject_handshake", "on"],
    ]);
  });

  it("redirects plain HTTP, whatever the name", () => {
    assert.deepEqual(servers("http")[0], [
      ["listen", "80", "default_server"],
      ["listen", "[::]:80", "default_server"],
      ["server_name", "_"],
      ["return", "301", "https://$host$request_uri"],
    ]);
  });

  it("believes a client's address from loopback alone", () => {
    const http = blockOf("http");
    assert.deepEqual(
      http.filter(([first]) => first === "set_real_ip_from"),
      [["set_real_ip_from", "127.0.0.1"]],
    );
    for (const server of [...servers("http").slice(1), servers("stream")[1]!])
      assert.match(String(server[0]![1]), /^127\.0\.0\.1:/);
  });

  it("listens on 443 once, by name, for sites of both sorts", () => {
    assert.deepEqual(servers("stream")[0], [
      ["listen", "443"],
      ["listen", "[::]:443"],
      ["ssl_preread", "on"],
      ["proxy_protocol", "on"],
      ["proxy_connect_timeout", "5s"],
      ["proxy_timeout", "1h"],
      ["proxy_pass", "$tls_server"],
    ]);
  });

  it("listens on IPv4 alone when told to", () => {
    assert.doesNotMatch(renderNginxConf({ ipv6: false, workerConnections: 64 }), /\[::\]/);
  });
});
