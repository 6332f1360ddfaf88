import { defineKind, flag, list, object, objectType, text } from "../../../schema";

/** Who may mount an export, and how. */
export const KernelExportClient = objectType("labwright:nfs:KernelExportClient", {
  doc: "Who may mount an export of the kernel's NFS server, and how.",
  fields: {
    client: text({
      doc:
        "A host by name or address, a network such as `10.77.0.0/24`, a name with wildcards such as `*.home.arpa`, a " +
        "netgroup `@name`, or `*` for everybody; see exports(5).",
    }),
    options: list(text(), {
      doc:
        "Options in the words of exports(5), such as `rw`, `no_subtree_check`, `all_squash`, `anonuid=1000`. Default " +
        "`ro` and `no_subtree_check`, which are the server's own defaults.",
      default: ["ro", "no_subtree_check"],
    }),
  },
});

/** One export of the kernel's NFS server. */
export const exportSchema = defineKind("labwright:nfs:Export", {
  doc:
    "One export of the kernel's NFS server: a file of its own, /etc/exports.d/NAME.exports, taken up with `exportfs -ra` " +
    "and looked up in the server's table. What the server refuses changes nothing. The directory must exist. Deleting it " +
    "takes the export away and leaves the directory and what is in it alone.",
  inputs: {
    name: text({
      doc: "Name of the export and of its file, without `.exports`.",
      replaces: true,
    }),
    path: text({ doc: "Absolute path of the directory to export. Without a backslash." }),
    clients: list(object(KernelExportClient), {
      doc: "Who may mount it: each client once. Nobody else can.",
    }),
  },
  outputs: {
    live: flag({
      doc:
        "Whether the running server offers exactly what the file says. False when somebody used `exportfs` by hand; the " +
        "next `pulumi up` puts that right.",
    }),
    extra: text({
      doc: "What the file holds besides this export, such as a comment that somebody added. Empty when all is well.",
    }),
  },
});
