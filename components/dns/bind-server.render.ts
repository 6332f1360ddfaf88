/** What `named.conf.options` is rendered from. */
export interface NamedOptions {
  forwarders: readonly string[];
  listenOn: readonly string[];
  networks: readonly string[];
  /** Further statements of the `options` block: one value, or the members of a list in braces. */
  settings: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * BIND's built-in empty zones (RFC 6303) that have the name of a zone a lab serves itself: `rndc addzone` refuses a
 * name that is there already. Networks inside them need no such line.
 */
const EMPTY_ZONES = [
  "home.arpa",
  "10.in-addr.arpa",
  ...Array.from({ length: 16 }, (_, index) => `${16 + index}.172.in-addr.arpa`),
  "168.192.in-addr.arpa",
  "d.f.ip6.arpa",
];

const isVersion6 = (address: string) => address.includes(":");

function addresses(list: readonly string[]): string {
  return list.length === 0 ? "{ none; }" : `{ ${list.map((item) => `${item};`).join(" ")} }`;
}

/** Text of `/etc/bind/named.conf.options`. */
export function renderNamedOptions(options: NamedOptions): string {
  const anywhere = options.listenOn.length === 0;
  // Records are read and changed on the server itself, over loopback.
  const own = ["127.0.0.1", ...options.listenOn.filter((ip) => ip !== "127.0.0.1")];
  const allowed = addresses(["localhost", ...options.networks]);
  const statements: [string, string][] = [
    ["directory", '"/var/cache/bind"'],
    ["listen-on", addresses(anywhere ? ["any"] : own.filter((ip) => !isVersion6(ip)))],
    ["listen-on-v6", addresses(anywhere ? ["any"] : own.filter(isVersion6))],
    ["allow-new-zones", "yes"],
    ["recursion", "yes"],
    ["allow-query", allowed],
    ["allow-query-cache", allowed],
    ["allow-recursion", allowed],
    ...(options.forwarders.length > 0
      ? [["forwarders", addresses(options.forwarders)] as [string, string]]
      : []),
    ...EMPTY_ZONES.map((zone) => ["disable-empty-zone", `"${zone}"`] as [string, string]),
    ...Object.keys(options.settings)
      .sort()
      .map((key) => {
        const value = options.settings[key]!;
        return [key, typeof value === "string" ? value : addresses(value)] as [string, string];
      }),
  ];
  return `options {\n${statements.map(([key, value]) => `    ${key} ${value};\n`).join("")}};\n`;
}

/** Statements that `renderNamedOptions` writes itself. */
export const ownStatements: readonly string[] = [
  "directory",
  "listen-on",
  "listen-on-v6",
  "allow-new-zones",
  "recursion",
  "allow-query",
  "allow-query-cache",
  "allow-recursion",
  "forwarders",
  "disable-empty-zone",
];
