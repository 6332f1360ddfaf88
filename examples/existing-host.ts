/** A machine that is there already: a file, a folder, a package, a user and a service on it. */
import * as pulumi from "@pulumi/pulumi";
import { Directory, existingHost, File, Package, Service, User } from "../components";

export function nas(hostKey: string, administratorKey: string, password: pulumi.Output<string>) {
  const nas = existingHost({ name: "nas", address: "10.77.0.20", hostKey });
  const on = { host: nas.connection };

  const agent = new Package("agent", { ...on, name: "prometheus-node-exporter" });
  new Service("agent-service", { ...on, unit: "prometheus-node-exporter" }, { dependsOn: agent });
  new User("jo", { ...on, name: "jo", authorizedKeys: [administratorKey] });

  const folder = new Directory("backup", { ...on, path: "/etc/backup", mode: "0700" });
  new File(
    "backup-password",
    { ...on, path: "/etc/backup/password", mode: "0600", content: pulumi.secret(password) },
    { dependsOn: folder },
  );
  return nas.handle;
}
