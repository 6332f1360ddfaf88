import { defineKind, flag, integer, list, text } from "../../../schema";

/** A local user and who may log in as them. */
export const userSchema = defineKind("labwright:host:User", {
  doc:
    "A local user of a host, with groups and the SSH keys that may log in as them. No password is set or changed. Deleting an " +
    "adopted user leaves the user, without these keys.",
  inputs: {
    name: text({
      doc: "Login name, as useradd(8) takes it: lower-case letters, digits, `_`, `-`.",
      replaces: true,
    }),
    uid: integer({
      doc: "Numeric id. Left out: the one that owns the home directory, if no user has it, else the host's next free one.",
      optional: true,
      replaces: true,
      minimum: 0,
      maximum: 4294967294,
    }),
    primaryGroup: text({
      doc: "Primary group, by name; it must exist. Left out: a group with the user's own name.",
      optional: true,
    }),
    groups: list(text(), {
      doc: "Further groups, by name; they must exist. The user is in exactly these. Default none.",
      default: [],
    }),
    shell: text({
      doc: "Login shell. Default `/bin/sh`, the one that every host has.",
      default: "/bin/sh",
    }),
    home: text({
      doc: "Home directory, absolute. Left out: `/home/NAME`. A change does not move files.",
      optional: true,
    }),
    comment: text({
      doc: "Full name or note (the GECOS field); no colon. Default empty.",
      default: "",
    }),
    system: flag({
      doc: "Make a system user: an id from the system's range and no aging. Default false.",
      default: false,
      replaces: true,
    }),
    authorizedKeys: list(text(), {
      doc:
        "SSH public keys that may log in as this user, as lines of authorized_keys. They stand in a marked block of " +
        "~/.ssh/authorized_keys; lines outside it are left alone. Taking away the key that Pulumi itself logs in with is " +
        "undone, with an error. Default none.",
      default: [],
    }),
    removeHome: flag({
      doc: "Delete the home directory together with the user, where it belongs to them. Default false.",
      default: false,
    }),
  },
  outputs: {
    uid: integer({ doc: "Numeric id of the user.", stable: true }),
    gid: integer({ doc: "Numeric id of the user's primary group." }),
  },
});
