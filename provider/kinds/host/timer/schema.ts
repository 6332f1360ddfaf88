import { defineKind, flag, list, map, text, texts } from "../../../schema";

const span = "a time span of systemd (systemd.time(7)), such as `15min`";

/** A timer with the service that it runs. */
export const timerSchema = defineKind("labwright:host:Timer", {
  doc:
    "A command that systemd runs again and again: NAME.timer and NAME.service under /etc/systemd/system. Its times are " +
    "judged by `systemd-analyze calendar`, the units by `systemd-analyze verify`, before anything is put in place. A change " +
    "of the command is for the next run; one that runs now goes on. Hosts without systemd refuse it. At least one of " +
    "`onCalendar`, `onBootSec`, `onUnitActiveSec` and `onUnitInactiveSec` is needed, and one of `command` and `script`.",
  inputs: {
    name: text({
      doc: "Name of both units, without `.timer`.",
      replaces: true,
    }),
    description: text({ doc: "One line for the logs. Default: the name.", default: "" }),
    onCalendar: texts({
      doc: "When, as calendar events (systemd.time(7)): `daily`, `Mon..Fri 03:30`, `*:0/15`. Default none.",
      default: [],
    }),
    onBootSec: text({ doc: `So long after the machine booted: ${span}.`, optional: true }),
    onUnitActiveSec: text({
      doc: `So long after the command was started last: ${span}. With onBootSec or onCalendar for the first time.`,
      optional: true,
    }),
    onUnitInactiveSec: text({
      doc: `So long after the command ended last: ${span}. With onBootSec or onCalendar for the first time.`,
      optional: true,
    }),
    persistent: flag({
      doc: "Run at once after a boot when a time of `onCalendar` was missed meanwhile. Default false, as systemd's.",
      default: false,
    }),
    randomizedDelaySec: text({
      doc: `Wait a random while, up to ${span}. Default: systemd's, none.`,
      optional: true,
    }),
    accuracySec: text({
      doc: `How late it may be, so that wake-ups coincide: ${span}. Default: systemd's, one minute.`,
      optional: true,
    }),
    command: list(text(), {
      doc:
        "Program, by its absolute path, and its arguments. They reach it exactly as they are here: no shell reads them, and " +
        "neither variables nor specifiers are replaced. Everybody on the host can read them, so a secret is refused.",
      optional: true,
      noSecret:
        "anybody on the host can read a unit and the arguments of a process. Put the secret in a file of mode 0600 " +
        "(labwright:host:File) and give its path, or name it in environmentFiles",
    }),
    script: text({
      doc:
        "Text of a script instead of a command; for /bin/sh, unless it begins with `#!`. Kept in " +
        "/usr/local/lib/labwright/timers/NAME, where everybody can read it, so a secret is refused.",
      optional: true,
      noSecret:
        "anybody on the host can read the script. Put the secret in a file of mode 0600 (labwright:host:File) that the " +
        "script reads, or name it in environmentFiles",
    }),
    user: text({ doc: "User to run it as. Default `root`.", default: "root" }),
    environment: map(text(), {
      doc: "Environment variables. Everybody on the host can read them, so a secret is refused. Default none.",
      default: {},
      noSecret:
        "anybody on the host can read it. Put it in a file of mode 0600 (labwright:host:File) and name that in environmentFiles",
    }),
    environmentFiles: texts({
      doc:
        "Files of `NAME=value` lines, by absolute path: the place for secrets, made with `labwright:host:File` and mode 0600. " +
        "systemd reads them as root at each run. A `-` in front lets one be missing. Default none.",
      default: [],
    }),
    workingDirectory: text({
      doc: "Folder to run it in, by absolute path. Default: systemd's, `/`.",
      optional: true,
    }),
    settings: map(map(texts()), {
      doc:
        "Further directives of the sections Unit and Service (of the service) and Timer, in systemd's own words " +
        '(systemd.directives(7)), such as { Service: { Nice: "19" } }. Default none.',
      default: {},
      noSecret:
        "anybody on the host can read a unit. Put the secret in a file of mode 0600 (labwright:host:File) and name that in environmentFiles",
    }),
    enabled: flag({ doc: "Start the timer at boot. Default true.", default: true }),
    running: flag({ doc: "Have the timer wait now. Default true.", default: true }),
  },
  outputs: {
    sha256: text({ doc: "SHA-256 of the units and the script together, 64 hexadecimal digits." }),
    lastResult: text({
      doc:
        "How the last run ended, in systemd's words (`success`, `exit-code`, `timeout`, ...); `running` while it runs; `none` " +
        "when it has not run since the machine booted. As of the last `up` or refresh.",
    }),
    lastRun: text({
      doc: "When the timer ran it last, in ISO 8601; empty for never. As of the last `up` or refresh.",
    }),
    nextElapse: text({
      doc:
        "When `onCalendar` comes next, random delay included, in ISO 8601; empty where only time spans are given, or when " +
        "the timer is not running. As of the last `up` or refresh.",
    }),
  },
});
