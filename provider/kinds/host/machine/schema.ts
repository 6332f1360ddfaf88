import { defineKind, flag, integer, text } from "../../../schema";

/** A machine, joined once. */
export const machineSchema = defineKind("labwright:host:Machine", {
  doc:
    "A machine that is joined: waits until its sshd answers with the pinned key and cloud-init is done, then gives the " +
    "machine's id and facts. Every resource on the machine depends on this one through `machineId`. Deleting it leaves " +
    "the machine as it is.",
  place: "machine",
  inputs: {
    bootTimeoutSeconds: integer({
      doc: "Seconds to wait for sshd and cloud-init together. Default 300.",
      default: 300,
      minimum: 1,
      maximum: 86400,
    }),
    waitForCloudInit: flag({
      doc:
        "Wait for `cloud-init status --wait` where cloud-init is installed; an error of cloud-init is then an error here. " +
        "Default true.",
      default: true,
    }),
  },
  outputs: {
    machineId: text({
      doc: "The id in /etc/machine-id: 32 hexadecimal digits (machine-id(5)).",
      stable: true,
    }),
    distribution: text({
      doc: "`ID` of os-release(5): `debian`, `alpine`, `rocky`, `arch`.",
      stable: true,
    }),
    release: text({
      doc: "`VERSION_ID` of os-release(5), such as `12`; empty on a rolling distribution.",
    }),
    initSystem: text({
      doc: "What runs services: `systemd`, `openrc` or `none`.",
      stable: true,
    }),
    packageManager: text({
      doc: "What installs packages: `apt`, `apk`, `dnf`, `pacman` or `none`.",
      stable: true,
    }),
    hostname: text({ doc: "The machine's own name, `uname -n`." }),
    architecture: text({ doc: "The machine's architecture, `uname -m`.", stable: true }),
  },
});
