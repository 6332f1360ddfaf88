import { PgDatabase, PostgresServer } from "../../../../components";
import { host } from "../lab-parts";
import { type Row, database, postgres, wrong } from "./spoilt";

export const databases: Row[] = [
  [
    "a version that nobody maintains",
    postgres({ version: 12 }),
    'PostgresServer "pg": version is 12: use a major version of 13 or later, such as 15',
  ],
  [
    "a minor version",
    postgres({ version: 15.4 }),
    'PostgresServer "pg": version is 15.4: use a major version of 13 or later, such as 15',
  ],
  [
    "a server's address by name",
    postgres({ address: "data.home.arpa" }),
    'PostgresServer "pg": address is "data.home.arpa": use an IPv4 or IPv6 address such as 10.77.0.53 or fd00:77::53',
  ],
  ["a port of 0", postgres({ port: 0 }), 'PostgresServer "pg": port is 0: use 1-65535'],
  [
    "too few connections to work with",
    postgres({ maxConnections: 3 }),
    'PostgresServer "pg": maxConnections is 3: use 10-10000',
  ],
  [
    "memory in bytes",
    postgres({ memoryMiB: 1073741824 }),
    'PostgresServer "pg": memoryMiB is 1073741824: use a whole number of MiB, 128-4194304',
  ],
  [
    "a server that listens nowhere",
    postgres({ listen: [] }),
    'PostgresServer "pg": listen is []: give at least one: localhost for this machine alone',
  ],
  [
    "listening on a network",
    postgres({ listen: ["10.77.0.0/24"] }),
    'PostgresServer "pg": listen[0] is "10.77.0.0/24": use an IP address, localhost or *',
  ],
  [
    "a package with an option",
    postgres({ packages: ["-o=x"] }),
    'PostgresServer "pg": packages[0] is "-o=x": use the name of a package such as bind9',
  ],
  [
    "a setting that is an argument",
    postgres({ settings: { Port: 5433 } }),
    'PostgresServer "pg": settings.Port is 5433: leave it out: PostgresServer sets it by its own arguments',
  ],
  [
    "a setting that moves the data",
    postgres({ settings: { data_directory: "/srv" } }),
    'PostgresServer "pg": settings is "data_directory": leave it out: where files lie is the distribution\'s',
  ],
  [
    "a setting that includes a file",
    postgres({ settings: { include: "/etc/shadow" } }),
    'PostgresServer "pg": settings is "include": leave out what includes other files',
  ],
  [
    "a setting with a line of its own",
    postgres({ settings: { work_mem: "1MB'\nport = 1" } }),
    'PostgresServer "pg": settings.work_mem is "1MB\'\\nport = 1": use a text on one line',
  ],
  [
    "a setting with no name",
    postgres({ settings: { "work mem": "1MB" } }),
    'PostgresServer "pg": settings is "work mem": use the name of a setting, such as work_mem',
  ],
  [
    "a setting that is a list",
    postgres({ settings: { search_path: wrong(["a"]) } }),
    'PostgresServer "pg": settings.search_path is ["a"]: use a text on one line',
  ],
  [
    "a database of PostgreSQL's own",
    database({ database: "template1", owner: "gitea" }),
    'PgDatabase "gitea": database is "template1": use another name: PostgreSQL has this database for itself',
  ],
  [
    "a name that would be cut off",
    database({ database: "ü".repeat(32), owner: "gitea" }),
    `PgDatabase "gitea": database is "${"ü".repeat(32)}": use at most 63 bytes: PostgreSQL cuts off the rest`,
  ],
  [
    "a name on two lines",
    database({ database: "a\nb", owner: "gitea" }),
    'PgDatabase "gitea": database is "a\\nb": leave out control characters',
  ],
  [
    "the superuser as an application's role",
    database({ owner: "postgres" }),
    'PgDatabase "gitea": owner is "postgres": use another name: PostgreSQL has this role for itself',
  ],
  [
    "a role of PostgreSQL's own",
    database({ owner: "pg_monitor" }),
    'PgDatabase "gitea": owner is "pg_monitor": use another name: PostgreSQL has this role for itself',
  ],
  [
    "everybody as a role",
    database({ owner: "public" }),
    'PgDatabase "gitea": owner is "public": use another name: PostgreSQL keeps this one for itself',
  ],
  [
    "a password that SCRAM would change, without showing it",
    database({ password: "pässword" }),
    'PgDatabase "gitea": password: use 1-512 printable ASCII characters',
  ],
  [
    "a version of a password that is given",
    database({ password: "x", passwordVersion: 2 }),
    'PgDatabase "gitea": passwordVersion is 2: leave it out: the password is given',
  ],
  [
    "access for a name",
    database({ allowFrom: ["app.home.arpa"] }),
    'PgDatabase "gitea": allowFrom[0] is "app.home.arpa": use a machine, an IP address, or a network such as 10.77.0.0/24',
  ],
  [
    "access for a machine with no address",
    database({ allowFrom: [wrong({})] }),
    'PgDatabase "gitea": allowFrom[0] is missing: use a machine, an IP address, or a network such as 10.77.0.0/24',
  ],
  [
    "access for a network by one of its hosts",
    database({ allowFrom: ["10.77.0.5/24"] }),
    'PgDatabase "gitea": allowFrom[0] is "10.77.0.5/24": use the network\'s first address: 10.77.0.0/24',
  ],
  [
    "access for everybody",
    database({ allowFrom: ["0.0.0.0/0"] }),
    'PgDatabase "gitea": allowFrom[0] is "0.0.0.0/0": use the networks that need it: this one is everybody',
  ],
  [
    "the same client twice",
    database({ allowFrom: ["10.77.0.90", { address: "10.77.0.90" }] }),
    'PgDatabase "gitea": allowFrom[1] is "10.77.0.90": leave out what is there twice',
  ],
  [
    "an extension with a path",
    database({ extensions: ["../x"] }),
    'PgDatabase "gitea": extensions[0] is "../x": use the name of an extension, such as pg_trgm',
  ],
  [
    "the same extension twice",
    database({ extensions: ["hstore", "hstore"] }),
    'PgDatabase "gitea": extensions[1] is "hstore": leave out what is there twice',
  ],
  [
    "an encoding by another name",
    database({ encoding: "utf-8" }),
    'PgDatabase "gitea": encoding is "utf-8": use PostgreSQL\'s own name of an encoding, such as UTF8 or LATIN1',
  ],
  [
    "a locale with a quote",
    database({ locale: "C' x" }),
    'PgDatabase "gitea": locale is "C\' x": use the name of a locale, such as C.UTF-8 or de_DE.UTF-8',
  ],
  [
    "half a connection",
    database({ connectionLimit: 0.5 }),
    'PgDatabase "gitea": connectionLimit is 0.5: use a number of connections, or -1 for any number',
  ],
  [
    "a reader with the owner's name",
    database({ readers: { gitea: {} } }),
    'PgDatabase "gitea": readers is "gitea": use another name: the owner has this one',
  ],
  [
    "a reader that everybody may be",
    database({ readers: { stats: { allowFrom: ["::/0"], connectionLimit: -2 } } }),
    `PgDatabase "gitea": 2 problems
  - readers.stats.allowFrom[0] is "::/0": use the networks that need it: this one is everybody
  - readers.stats.connectionLimit is -2: use a number of connections, or -1 for any number`,
  ],
  [
    "a database and a role that another component has, both at once",
    () => {
      const server = new PostgresServer("pg", { host: host() });
      new PgDatabase("first", { server, database: "gitea" });
      database({ server })();
    },
    `PgDatabase "gitea": 2 problems
  - database is "gitea": "first" of this program has it: use another name
  - owner is "gitea": "first" of this program has it: use another name`,
  ],
];
