import { defineKind, flag, map, text } from "../../../schema";

/** A service of the host's init system. */
export const serviceSchema = defineKind("labwright:host:Service", {
  doc:
    "A service of the host's init system (systemd or OpenRC): whether it starts at boot and whether it runs now. One that " +
    "somebody stopped is started again by the next `pulumi up` after a refresh. Deleting this resource puts back what was before.",
  inputs: {
    unit: text({
      doc: "Name of the service: a systemd unit (`nginx` or `nginx.service`, also timers and sockets) or an OpenRC service.",
      replaces: true,
    }),
    enabled: flag({ doc: "Start it at boot. Default true.", default: true }),
    running: flag({ doc: "Have it running now. Default true.", default: true }),
    restartOn: map(text(), {
      doc: "Values whose change restarts the service, such as a configuration file's `sha256`, by any name. Default none.",
      default: {},
    }),
  },
});
