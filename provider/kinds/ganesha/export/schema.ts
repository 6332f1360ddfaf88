import {
  defineKind,
  flag,
  integer,
  list,
  map,
  object,
  objectType,
  oneOf,
  text,
} from "../../../schema";

const id = (what: string) =>
  integer({
    doc: `${what} that squashed users become. Default 65534, nobody, as for the kernel's server.`,
    default: 65534,
    minimum: 0,
    maximum: 4294967294,
  });

/** Who may mount an export, and how: a CLIENT block. */
export const GaneshaExportClient = objectType("labwright:ganesha:GaneshaExportClient", {
  doc: "Who may mount an export of NFS-Ganesha, and how: a CLIENT block of ganesha-export-config(8).",
  fields: {
    client: text({
      doc: "An address, a network such as `10.77.0.0/24`, the name of a host, or `*` for everybody.",
    }),
    accessType: oneOf(["RW", "RO"], {
      doc: "`RW` to read and write, `RO` to read. Default `RO`.",
      default: "RO",
    }),
    squash: oneOf(["root_squash", "all_squash", "no_root_squash"], {
      doc: "Which users become nobody: root, all, or none. Default `root_squash`.",
      default: "root_squash",
    }),
    anonymousUid: id("User id"),
    anonymousGid: id("Group id"),
    secType: list(oneOf(["sys", "krb5", "krb5i", "krb5p"]), {
      doc: "Ways to say who one is, any of them. Default `sys`: the client is believed.",
      default: ["sys"],
    }),
    privilegedPort: flag({
      doc: "Whether a client has to use a port below 1024, which only its root can. Default true, as for the kernel's server.",
      default: true,
    }),
  },
});

/** One export of NFS-Ganesha. */
export const exportSchema = defineKind("labwright:ganesha:Export", {
  doc:
    "One export of NFS-Ganesha's VFS: an EXPORT block in a file of its own, /etc/ganesha/exports.d/NAME.conf. A running " +
    "server is told of it over D-Bus and judges it before the file is put in place, so that other exports are never at " +
    "stake. ganesha.conf has to say `%dir /etc/ganesha/exports.d`. The directory must exist. Deleting it takes the export " +
    "away and leaves the directory and what is in it alone.",
  inputs: {
    name: text({ doc: "Name of the export and of its file, without `.conf`.", replaces: true }),
    path: text({
      doc: "Absolute path of the directory to export, without a symbolic link in it and without a backslash.",
    }),
    pseudo: text({ doc: "Path that clients mount. No two exports of a server have the same." }),
    clients: list(object(GaneshaExportClient), {
      doc: "Who may mount it. The first one that fits a client counts. Nobody else can mount it.",
    }),
    settings: map(text(), {
      doc: 'Further parameters of the EXPORT block in Ganesha\'s own words, such as `{ MaxRead: "65536" }`. Default none.',
      default: {},
    }),
  },
  outputs: {
    exportId: integer({
      doc:
        "Export_Id, which is part of every file's handle: chosen once on the host, from the name, and kept as long as the " +
        "export is there.",
    }),
    live: flag({
      doc:
        "Whether the running server offers exactly what the file says. False when somebody told it otherwise over D-Bus; " +
        "the next `pulumi up` puts that right.",
    }),
    extra: text({
      doc: "What the file holds besides this export, such as a comment that somebody added. Empty when all is well.",
    }),
  },
});
