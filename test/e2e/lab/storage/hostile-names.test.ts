import assert from "node:assert/strict";
import fc from "fast-check";

import { quote } from "../../../../provider/host/quote";
import { checkExport as checkGanesha } from "../../../../provider/kinds/ganesha/export/check";
import { renderExport as renderGanesha } from "../../../../provider/kinds/ganesha/export/render";
import { checkExport } from "../../../../provider/kinds/nfs/export/check";
import { renderExport, tableEntries } from "../../../../provider/kinds/nfs/export/render";
import { type KindMachine, startKindMachine } from "../kinds/kind-machine";

/** Fixed, so that a failure can be looked at again. */
const SEED = 20240229;
const RUNS = 10_000;

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ unit: fc.constantFrom(..."/ab01 .\\\"'#%$*(){}[],;=:-@~\t\né"), maxLength: 24 }),
);
const client = fc.oneof(
  fc.ipV4(),
  fc
    .tuple(fc.integer({ min: 1, max: 223 }), fc.integer({ min: 8, max: 8 }))
    .map(([a]) => `${a}.0.0.0/8`),
  fc.constantFrom("fd00:77::/64", "fd00:77::1", "*", "2001:db8::/32"),
);

/** Values that a check accepts, each once, out of ones made to get past it. */
function accepted<T>(
  values: fc.Arbitrary<T>,
  key: (value: T) => string,
  good: (value: T) => boolean,
): T[] {
  const found = new Map<string, T>();
  for (let seed = SEED; found.size < RUNS; seed++)
    for (const value of fc.sample(values, { numRuns: RUNS, seed }))
      if (good(value)) found.set(key(value), value);
  return [...found.values()].slice(0, RUNS);
}

/** Bytes come in pieces, which may end within a character. */
const decode = (text: string) => Buffer.from(text, "base64").toString("utf8");

const path = hostile.map((text) => `/srv/h/${text}`);

describe("hostile names and values, judged by the daemons' own parsers", function () {
  let machine: KindMachine;

  before(async () => {
    machine = await startKindMachine("hostile-storage", 174);
    await machine.run(
      "apt-get -qq install -y --no-install-recommends nfs-kernel-server nfs-ganesha nfs-ganesha-vfs >/dev/null 2>&1",
    );
  });
  after(() => machine.delete());

  it("exportfs has every path, client and option as it was meant", async () => {
    const exports = accepted(
      fc.record({
        path,
        clients: fc
          .tuple(client, fc.integer({ min: 0, max: 65535 }))
          .map(([one, id]) => [
            { client: one, options: ["ro", "no_subtree_check", `anonuid=${id}`] },
          ]),
      }),
      (one) => one.path,
      (one) => checkExport({ name: "x", ...one } as never).length === 0,
    );
    await machine.run(`mkdir -p /etc/exports.d
cat >/etc/exports.d/hostile.exports <<'END-OF-EXPORTS'
${exports.map(renderExport).join("")}END-OF-EXPORTS`);
    // It warns that the directories are not there, and has them in its table all the same.
    const table = await machine.run(
      "exportfs -ra >/dev/null 2>/root/said || true; exportfs -s | base64; rm /etc/exports.d/hostile.exports",
    );
    const said = await machine.run("grep -v 'Failed to stat' /root/said | head -n 5; exportfs -ra");
    assert.equal(said, "");
    const lines = decode(table).split("\n").filter(Boolean);
    assert.equal(lines.length, RUNS);
    const found = new Map(
      lines.map((line) => {
        const at = line.lastIndexOf("(") + 1;
        return [line.slice(0, at), line.slice(at, -1).split(",")];
      }),
    );
    for (const one of exports) {
      const id = one.clients[0]!.options[2]!;
      const options = found.get(tableEntries(one)[0]!);
      assert.ok(options, one.path);
      // The one for nobody is the default, and left out.
      assert.ok(
        options.includes("ro") && (options.includes(id) || id === "anonuid=65534"),
        one.path,
      );
    }
  });

  it("NFS-Ganesha reads every path, pseudo path and client, and offers them as they are meant", async () => {
    const exports = accepted(
      fc.record({ path, client }),
      (one) => one.path,
      (one) =>
        checkGanesha({
          name: "x",
          pseudo: one.path,
          path: one.path,
          settings: {},
          clients: [{ client: one.client, secType: ["sys"] }],
        } as never).length === 0,
    ).map((one, index) => ({
      id: index + 1,
      block: {
        path: "/srv/real",
        pseudo: one.path,
        settings: {},
        clients: [
          {
            ...{ client: one.client, accessType: "RO" as const, squash: "all_squash" as const },
            ...{
              anonymousUid: index,
              anonymousGid: 1,
              secType: ["sys" as const],
              privilegedPort: true,
            },
          },
        ],
      },
    }));
    await machine.run(`mkdir -p /srv/real
cat >/etc/ganesha/ganesha.conf <<'END'
NFS_CORE_PARAM { Protocols = 4; mount_path_pseudo = true; }
NFSV4 { Graceless = true; }
END
systemctl restart nfs-ganesha
for i in $(seq 50); do
  if busctl status org.ganesha.nfsd >/dev/null 2>&1; then break; fi; sleep 0.2
done`);
    const call = (method: string, ...args: string[]) =>
      `dbus-send --system --print-reply --dest=org.ganesha.nfsd /org/ganesha/nfsd/ExportMgr org.ganesha.nfsd.exportmgr.${method} ${args.map(quote).join(" ")}`;
    // Its parser takes a time that grows with the square of a file's length.
    const chunk = 500;
    const said = await machine.run(
      Array.from({ length: RUNS / chunk }, (_, part) => {
        const some = exports.slice(part * chunk, (part + 1) * chunk);
        // With any mistake in any block, the server finds none in the file: so the last one stands for all.
        const { id } = some.at(-1)!;
        return `cat >/root/some.conf <<'END-OF-EXPORTS'
${some.map((one) => renderGanesha(one.id, one.block)).join("")}END-OF-EXPORTS
${call("AddExport", "string:/root/some.conf", `string:EXPORT(Export_Id=${id})`)} 2>&1
${call("DisplayExport", `uint16:${id}`)} 2>&1
${call("RemoveExport", `uint16:${id}`)} >/dev/null 2>&1`;
      }).join("\n"),
    );
    assert.equal(said.match(/string "1 exports added"/g)?.length, RUNS / chunk, said);
    for (let id = chunk; id <= RUNS; id += chunk) {
      assert.ok(said.includes(`string "${exports[id - 1]!.block.pseudo}"\n`), `${id} in ${said}`);
      assert.ok(said.includes(`uint32 ${id - 1}\n`), `${id} in ${said}`);
    }
  });
});
