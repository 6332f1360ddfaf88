import assert from "node:assert/strict";
import fc from "fast-check";

import { checkImage } from "../../../../../provider/kinds/nspawn/image/check";
import { checkMachine } from "../../../../../provider/kinds/nspawn/machine/check";
import { machineFiles, observedFiles } from "../../../../../provider/kinds/nspawn/machine/kind";
import { observedLimits, renderLimits } from "../../../../../provider/kinds/nspawn/machine/limits";
import {
  parseNspawnFile,
  renderNspawnFile,
} from "../../../../../provider/kinds/nspawn/machine/nspawn-file";
import { formatIssue } from "../../../../../validation/issue";
import { fileInputs, fullInputs, hostileText } from "./inputs";

const problems = (inputs: object): string[] => checkMachine(inputs as never).map(formatIssue);

describe("renderNspawnFile()", () => {
  it("writes every field in systemd's words", () => {
    assert.equal(
      renderNspawnFile(fullInputs),
      `[Exec]
Ephemeral=no
Hostname=web.home.arpa
PrivateUsers=1048576:65536
Environment=LANG=C.UTF-8
Environment='MOTTO=it'"'"'s "so" \\ here'
Capability=CAP_SYS_TIME
Capability=CAP_NET_RAW
Timezone=off

[Network]
Private=yes
VirtualEthernet=yes
Bridge=br0
MACVLAN=eth1
Port=tcp:8080:80
Port=udp:53:53

[Files]
Bind=/srv/we\\:b:/srv/a b:rbind,idmap
BindReadOnly=/etc/hosts:/etc/hosts.parent:rbind
`,
    );
    assert.equal(renderNspawnFile({ exec: {}, network: {}, files: {}, settings: {} }), "");
  });

  it("writes what parseNspawnFile() reads back, whatever is in it", () => {
    assert.deepEqual(parseNspawnFile(renderNspawnFile(fullInputs)), withoutAddress(fullInputs));
    fc.assert(
      fc.property(fileInputs, (inputs) => {
        fc.pre(problems({ ...inputs, name: "web", image: "base" }).length === 0);
        assert.deepEqual(parseNspawnFile(renderNspawnFile(inputs)), withoutAddress(inputs));
      }),
      { numRuns: 10_000, maxSkipsPerRun: 1000 },
    );
  }).timeout(120_000);

  it("never begins a line that was not asked for", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (one, other) => {
        const inputs = {
          exec: { environment: { A: one } },
          network: {},
          files: {
            binds: [{ source: `/${one}`, path: `/${other}`, readOnly: false, idmap: false }],
          },
          settings: { Exec: { Timezone: [other] } },
        };
        fc.pre(problems({ ...inputs, name: "web", image: "base" }).length === 0);
        const lines = renderNspawnFile(inputs).split("\n");
        assert.deepEqual(
          lines.map((line) => /^(\[\w+\]|\w+=|)/.exec(line)![0]),
          ["[Exec]", "Environment=", "Timezone=", "", "[Files]", "Bind=", ""],
        );
        assert.ok(lines.every((line) => !line.endsWith("\\")));
      }),
      { numRuns: 10_000, maxSkipsPerRun: 1000 },
    );
  }).timeout(120_000);
});

describe("parseNspawnFile()", () => {
  it("reads a file that a person wrote, as systemd does", () => {
    const text = `# by hand
; another
[Network]
 Private = no
[Exec]
Boot=yes
Environment=A=1 "B=two words" \\
# a comment within
 'C=x'
Environment=
Environment=D=4
[Files]
Bind=/srv
Bind=+/host:/other
BindReadOnly=/a\\:b
TemporaryFileSystem=/tmp
[Network]
VirtualEthernet=1
Port=8080
NoSuchThing
`;
    assert.deepEqual(parseNspawnFile(text), {
      exec: { environment: { D: "4" } },
      network: {
        private: false,
        virtualEthernet: true,
        ports: [{ protocol: "tcp", host: 8080, container: 8080 }],
      },
      files: {
        binds: [
          { source: "/srv", path: "/srv", readOnly: false, idmap: false },
          { source: "+/host", path: "/other", readOnly: false, idmap: false },
          { source: "/a:b", path: "/a:b", readOnly: true, idmap: false },
        ],
      },
      settings: { Exec: { Boot: ["yes"] }, Files: { TemporaryFileSystem: ["/tmp"] } },
    });
  });
});

describe("a container's files", () => {
  const inputs = {
    ...fullInputs,
    name: "web",
    image: "base",
    limits: {},
    network: {
      private: true,
      virtualEthernet: true,
      address: "10.77.0.95/24",
      gateway: "10.77.0.1",
    },
  } as never;

  it("give it its address through a file of the host's, which a read takes for what it is", () => {
    const files = machineFiles(inputs);
    assert.equal(
      files.network,
      "[Match]\nName=host0 mv-* iv-*\n\n[Network]\nAddress=10.77.0.95/24\nGateway=10.77.0.1\n",
    );
    assert.match(
      files.settings!,
      /BindReadOnly=\/var\/lib\/labwright\/nspawn\/web\.network:\/etc\/systemd\/network\/10-labwright\.network:rbind\n/,
    );
    const again = observedFiles(undefined, files.settings!, files.network);
    const { exec, network, files: seen, settings } = inputs as typeof fullInputs;
    assert.deepEqual(again, { exec, network, files: seen, settings });
    const edited = observedFiles(inputs, files.settings!, files.network!.replace(".95", ".96"));
    assert.deepEqual(edited.network, { ...network, address: "10.77.0.96/24" });
    assert.deepEqual(edited.files, seen);
    const gone = observedFiles(inputs, files.settings!, undefined);
    assert.deepEqual(gone.network, { private: true, virtualEthernet: true });
  });

  it("that are as they were put there are what was asked for", () => {
    const files = machineFiles(inputs);
    const { exec, network, files: own, settings } = inputs as typeof fullInputs;
    const seen = observedFiles(inputs, files.settings!, files.network);
    assert.deepEqual(seen, { exec, network, files: own, settings });
  });
});

describe("limits of a container", () => {
  const limits = { memoryMaxMiB: 512, cpuQuotaPercent: 150, tasksMax: 300, cpuWeight: 50 };
  const dropIn = renderLimits(limits)!;
  const shown =
    "MemoryMax=536870912\nMemoryHigh=infinity\nCPUQuotaPerSecUSec=1.500s\nCPUWeight=50\nTasksMax=300\n";

  it("are a drop-in of its unit, or none", () => {
    assert.equal(dropIn, "[Service]\nMemoryMax=512M\nCPUQuota=150%\nCPUWeight=50\nTasksMax=300\n");
    assert.equal(renderLimits({}), undefined);
  });

  it("show as they are in force, and as the drop-in has them", () => {
    assert.deepEqual(observedLimits(limits, shown, dropIn), limits);
    const set = shown.replace("536870912", "infinity").replace("1.500s", "20ms");
    assert.deepEqual(observedLimits(limits, set, dropIn), {
      cpuQuotaPercent: 2,
      tasksMax: 300,
      cpuWeight: 50,
    });
    assert.deepEqual(observedLimits(limits, shown, dropIn.replace("300", "400")), {
      ...limits,
      tasksMax: 400,
    });
    assert.deepEqual(observedLimits(limits, shown, undefined), {});
    assert.deepEqual(observedLimits({}, shown, dropIn), limits);
  });
});

describe("checkMachine()", () => {
  const good = { name: "web", image: "base" };

  it("takes all fields", () => {
    assert.deepEqual(problems({ ...good, ...fullInputs }), []);
  });

  const rows: [object, string][] = [
    [{ name: "-web" }, "name is"],
    [{ name: "we b" }, "name is"],
    [{ image: "web" }, "image is"],
    [{ exec: { hostname: "a..b" } }, "exec.hostname is"],
    [{ exec: { privateUsers: "yes" } }, "exec.privateUsers is"],
    [{ exec: { privateUsers: "0:65536" } }, "exec.privateUsers is"],
    [{ exec: { environment: { "A B": "x" } } }, "exec.environment is"],
    [{ exec: { environment: { A: "x\ny" } } }, "exec.environment.A is"],
    [{ network: { bridge: "a-bridge-name-too-long" } }, "network.bridge is"],
    [{ network: { bridge: "br0", zone: "lan" } }, "network.zone is"],
    [{ network: { gateway: "10.77.0.1" } }, "network.gateway is"],
    [{ network: { address: "10.77.0.95/24", gateway: "10.78.0.1" } }, "network.gateway is"],
    [{ network: { private: false, address: "10.77.0.95/24" } }, "network.address is"],
    [
      { network: { private: false, ports: [{ protocol: "tcp", host: 80, container: 80 }] } },
      "network.ports is",
    ],
    [{ files: { binds: [{ source: "srv", path: "/srv" }] } }, "files.binds[0].source is"],
    [{ files: { binds: [{ source: "/srv", path: "/srv\n" }] } }, "files.binds[0].path is"],
    [
      {
        files: {
          binds: [
            { source: "/a", path: "/x" },
            { source: "/b", path: "/x" },
          ],
        },
      },
      "files.binds[1].path is",
    ],
    [{ settings: { Service: { MemoryMax: ["1G"] } } }, "settings is"],
    [{ settings: { Exec: { Hostname: ["x"] } } }, "settings.Exec.Hostname is"],
    [{ settings: { Exec: { Timezone: ["x\\"] } } }, "settings.Exec.Timezone[0] is"],
    [{ settings: { Exec: { "A=b\n[Files]": ["x"] } } }, "settings is"],
  ];
  for (const [inputs, begin] of rows)
    it(`refuses ${JSON.stringify(inputs)}`, () => {
      const found = problems({ ...good, ...inputs });
      assert.equal(found.length, 1, found.join("\n"));
      assert.ok(found[0]!.startsWith(begin), found[0]);
    });
});

describe("checkImage()", () => {
  const rows: [object, string[]][] = [
    [{ bootstrap: { suite: "bookworm", packages: ["nginx"] } }, []],
    [{ archive: { source: "https://example.net/a.tar.xz", sha256: "a".repeat(64) } }, []],
    [
      { bootstrap: { suite: "Book worm", packages: ["a,b"], mirror: "ftp://x" } },
      ["bootstrap.suite", "bootstrap.packages[0]", "bootstrap.mirror"],
    ],
    [
      { archive: { source: "a.tar", sha256: "A".repeat(64) } },
      ["archive.source", "archive.sha256"],
    ],
    [
      {
        bootstrap: { suite: "sid", packages: [] },
        archive: { source: "/a", sha256: "0".repeat(64) },
      },
      ["archive"],
    ],
  ];
  for (const [inputs, fields] of rows)
    it(`${fields.length > 0 ? "refuses" : "takes"} ${JSON.stringify(inputs)}`, () => {
      const found = checkImage({ name: "debian", ...inputs } as never);
      assert.deepEqual(
        found.map(({ field }) => field),
        fields,
      );
    });
});

/** The settings file has no word for the address. */
function withoutAddress<T extends { network: object }>(inputs: T) {
  const { exec, network, files, settings } = structuredClone(
    inputs,
  ) as unknown as typeof fullInputs;
  return { exec, network, files, settings };
}
