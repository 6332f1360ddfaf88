import { defineKind, text } from "../../../schema";

/** A file with its content, owner and mode. */
export const fileSchema = defineKind("labwright:host:File", {
  doc:
    "A file on a host: content, owner and mode, replaced in one step so that no reader ever sees half of it. The folder " +
    "must exist. With `adopt`, the file that was there is kept and comes back when this resource is deleted.",
  inputs: {
    path: text({
      doc: "Absolute path of the file. A symbolic link there is an error.",
      replaces: true,
    }),
    content: text({
      doc: "The whole content, as UTF-8 text. Mark it secret (pulumi.secret) to keep it out of plain state.",
    }),
    owner: text({ doc: "User who owns the file, by name. Default `root`.", default: "root" }),
    group: text({ doc: "Group of the file, by name. Default `root`.", default: "root" }),
    mode: text({
      doc: 'Permissions as four octal digits. Default "0644": anyone may read, the owner may write.',
      default: "0644",
    }),
    validate: text({
      doc:
        "Shell command that judges the whole service once the file is in place, such as `nginx -t`. When it fails, the " +
        "file that was there before comes back and its output is the error. Not run for a file that is already right.",
      optional: true,
    }),
    reload: text({
      doc:
        "Service to reload after a change (`systemctl reload-or-restart`). Reloads of several changes coalesce. Not " +
        "together with `restart`.",
      optional: true,
    }),
    restart: text({
      doc: "Service to restart after a change. Restarts of several changes coalesce. Not together with `reload`.",
      optional: true,
    }),
  },
  outputs: {
    sha256: text({
      doc: "SHA-256 of the content, 64 hexadecimal digits. A secret when the content is.",
      secretWith: "content",
    }),
  },
});
