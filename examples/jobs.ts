/** Services, timers and scripts of one's own on a machine that is there already. */
import * as pulumi from "@pulumi/pulumi";
import { existingHost, File, HostCommand, sshKeyFromConfig, Timer, Unit } from "../components";

export function jobs(hostKey: string, token: pulumi.Output<string>) {
  const nas = existingHost({ name: "nas", address: "10.77.0.20", hostKey });
  const on = { host: nas.connection };

  const environment = new File("wiki-token", {
    ...on,
    path: "/etc/wiki.env",
    mode: "0600",
    content: pulumi.interpolate`WIKI_TOKEN=${token}\n`,
  });
  const wiki = new Unit("wiki", {
    ...on,
    name: "wiki.service",
    sections: {
      Unit: { Description: "Wiki", After: "network-online.target", Wants: "network-online.target" },
      Service: {
        ExecStart: "/opt/wiki/bin/wiki --port 8080",
        EnvironmentFile: "/etc/wiki.env",
        DynamicUser: "yes",
        Restart: "on-failure",
      },
      Install: { WantedBy: "multi-user.target" },
    },
    restartOn: { token: environment.sha256 },
  });

  const backup = new Timer("backup", {
    ...on,
    name: "backup",
    onCalendar: "03:30",
    persistent: true,
    command: ["/usr/bin/rsync", "-a", "--delete", "/srv/", "/mnt/backup/srv/"],
  });

  new HostCommand("search-index", {
    host: nas,
    privateKey: sshKeyFromConfig(),
    create: "/opt/wiki/bin/reindex --all",
    delete: "rm -rf /var/lib/wiki/index",
    triggers: [wiki.sha256],
  });
  return { lastBackup: backup.lastResult };
}
