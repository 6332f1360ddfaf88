import { strict as assert } from "node:assert";
import { debianSources, renderSourcesList } from "../../../sandbox/lab/apt-sources";

const deb822 = `Types: deb
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb deb-src
URIs: https://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;

describe("debianSources()", () => {
  const tables: [string, string, string, string[]][] = [
    [
      "reads deb822",
      "a.sources",
      deb822,
      [
        "http://mirror.example/debian bookworm",
        "http://mirror.example/debian bookworm-updates",
        "https://mirror.example/debian-security bookworm-security",
      ],
    ],
    [
      "reads one-line entries with options",
      "sources.list",
      "deb [ arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] http://m/debian bookworm main non-free # x\n",
      ["http://m/debian bookworm"],
    ],
    ["leaves out another release", "sources.list", "deb http://m/debian trixie main\n", []],
    [
      "leaves out sources of packages' source",
      "sources.list",
      "deb-src http://m/debian bookworm main\n",
      [],
    ],
    [
      "leaves out what is commented out",
      "sources.list",
      "# deb http://m/debian bookworm main\n",
      [],
    ],
    [
      "leaves out a stanza that is switched off",
      "a.sources",
      `Enabled: no\n${deb822.split("\n\n")[1]}`,
      [],
    ],
    [
      "leaves out a third party that signs itself",
      "sources.list",
      "deb [signed-by=/usr/share/keyrings/vendor.gpg] https://apt.vendor.example bookworm main\n",
      [],
    ],
    [
      "leaves out a third party with components of its own",
      "sources.list",
      "deb https://download.vendor.example/debian bookworm stable\n",
      [],
    ],
    ["leaves out media", "sources.list", "deb cdrom:[Debian]/ bookworm main\n", []],
    [
      "takes the first of several mirrors",
      "sources.list",
      "deb http://one/debian bookworm main\ndeb http://two/debian bookworm main\n",
      ["http://one/debian bookworm"],
    ],
  ];
  for (const [title, path, text, expected] of tables) {
    it(title, () => {
      const found = debianSources([{ path, text }], "bookworm");
      assert.deepEqual(
        found.map(({ uri, suite }) => `${uri} ${suite}`),
        expected,
      );
    });
  }
});

describe("renderSourcesList()", () => {
  const sources = [
    { uri: "https://m/debian", suite: "bookworm", components: ["main"] },
    { uri: "http://m/debian", suite: "bookworm-updates", components: ["main"] },
  ];
  it("keeps addresses as they are", () => {
    assert.equal(
      renderSourcesList(sources, { throughCache: false }),
      "deb https://m/debian bookworm main\ndeb http://m/debian bookworm-updates main\n",
    );
  });
  it("writes https the way the cache can look into it", () => {
    assert.equal(
      renderSourcesList(sources, { throughCache: true }),
      "deb http://HTTPS///m/debian bookworm main\ndeb http://m/debian bookworm-updates main\n",
    );
  });
});
