import { defineKind, flag, text } from "../../../schema";

/** A directory with its owner and mode. */
export const directorySchema = defineKind("labwright:host:Directory", {
  doc: "A directory on a host, with its owner and mode. Directories above it are made, as root's with mode 0755, and stay.",
  inputs: {
    path: text({ doc: "Absolute path of the directory.", replaces: true }),
    owner: text({ doc: "User who owns the directory, by name. Default `root`.", default: "root" }),
    group: text({ doc: "Group of the directory, by name. Default `root`.", default: "root" }),
    mode: text({
      doc: 'Permissions as four octal digits. Default "0755": anyone may look, the owner may write.',
      default: "0755",
    }),
    purge: flag({
      doc:
        "Delete what is in the directory together with it. Default false: deleting this resource leaves a directory that " +
        "is not empty, or that was adopted, where it is.",
      default: false,
    }),
  },
});
