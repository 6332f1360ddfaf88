/** Inputs of a container: all fields at once, and generated ones. */
import fc from "fast-check";

import type { FileInputs } from "../../../../../provider/kinds/nspawn/machine/nspawn-file";

export const fullInputs: FileInputs = {
  exec: {
    ephemeral: false,
    hostname: "web.home.arpa",
    privateUsers: "1048576:65536",
    environment: { LANG: "C.UTF-8", MOTTO: `it's "so" \\ here` },
  },
  network: {
    private: true,
    virtualEthernet: true,
    bridge: "br0",
    macvlan: ["eth1"],
    ports: [
      { protocol: "tcp", host: 8080, container: 80 },
      { protocol: "udp", host: 53, container: 53 },
    ],
  },
  files: {
    binds: [
      { source: "/srv/we:b", path: "/srv/a b", readOnly: false, idmap: true },
      { source: "/etc/hosts", path: "/etc/hosts.parent", readOnly: true, idmap: false },
    ],
  },
  settings: { Exec: { Capability: ["CAP_SYS_TIME", "CAP_NET_RAW"], Timezone: ["off"] } },
};

/** Text with what such a file, a shell or a person would stumble over. */
export const hostileText = fc
  .array(
    fc.oneof(
      { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          ..."'\"\\:;#=%$,+-~ \t[]{}*?!&|<>`()",
          ...["\n", "[Exec]", "\\\\", "\\:", "%n", "$HOME", "''", `"'`, "é", "\u2028", "\u00a0"],
        ),
      },
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const path = hostileText.map((text) => `/${text}`);
const optional = { requiredKeys: [] as never[], noNullPrototype: true };

/** Inputs of a settings file; many are such as checkMachine() refuses. */
export const fileInputs: fc.Arbitrary<FileInputs> = fc.record(
  {
    exec: fc.record(
      {
        ephemeral: fc.boolean(),
        environment: fc.dictionary(fc.stringMatching(/^[A-Z]{1,3}$/), hostileText, {
          minKeys: 1,
          maxKeys: 3,
          noNullPrototype: true,
        }),
      },
      optional,
    ),
    network: fc.record(
      {
        private: fc.boolean(),
        virtualEthernet: fc.boolean(),
        zone: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/),
      },
      optional,
    ),
    files: fc.record(
      {
        binds: fc.array(
          fc.record({ source: path, path, readOnly: fc.boolean(), idmap: fc.boolean() }),
          { minLength: 1, maxLength: 2 },
        ),
      },
      optional,
    ),
    settings: fc.oneof(
      fc.constant({}),
      fc.record(
        {
          Exec: fc.record(
            { Timezone: fc.array(hostileText, { minLength: 1, maxLength: 2 }) },
            { noNullPrototype: true },
          ),
        },
        { noNullPrototype: true },
      ),
    ),
  },
  { noNullPrototype: true },
) as never;
