import { defineKind, flag, map, text, texts } from "../../../schema";

/** A unit of systemd. */
export const unitSchema = defineKind("labwright:host:Unit", {
  doc:
    "A systemd unit of your own (service, socket, path, timer, target, mount, automount, slice, swap): its file under " +
    "/etc/systemd/system, whether it starts at boot, whether it runs. `systemd-analyze verify` judges it before it is taken " +
    "up; a unit that does not start is taken back, its journal is the error, and the one that was there before runs again. " +
    "Drop-ins beside it belong to others and are left alone. Hosts without systemd refuse it.",
  inputs: {
    name: text({
      doc: "Name of the unit with its type, such as `wiki.service`. Not a template; an instance of one (`worker@one.service`) is fine.",
      replaces: true,
    }),
    sections: map(map(texts()), {
      doc:
        "The unit's file: values by directive, by section, in systemd's own words (systemd.directives(7)). A list gives a " +
        "directive several times. Quoting and specifiers (`%%` for a percent sign) are systemd's. Anybody on the host " +
        "can read it, so a secret is refused: put it in a file of mode 0600 with `labwright:host:File` and name that in " +
        "EnvironmentFile= or LoadCredential=.",
      noSecret:
        "anybody on the host can read a unit. Put the secret in a file of mode 0600 (labwright:host:File) and name that " +
        "in EnvironmentFile= or LoadCredential=",
    }),
    enabled: flag({
      doc: "Start it at boot; its Install section says with what. Default true.",
      default: true,
    }),
    running: flag({
      doc:
        "Have it running now. Default true. A service of Type=oneshot runs only while it works: use false, or " +
        "RemainAfterExit=yes.",
      default: true,
    }),
    restartOn: map(text(), {
      doc:
        "Values whose change restarts the unit, besides its own text: a configuration file's `sha256`, by any name. " +
        "Default none.",
      default: {},
    }),
  },
  outputs: {
    sha256: text({ doc: "SHA-256 of the unit's file, 64 hexadecimal digits." }),
  },
});
