/**
 * Applications on top of the stack `home`: they use its name server, proxy, certificate authority, database server and
 * application machine, and can be destroyed without touching it. `pulumi up --stack apps` once `home` is up.
 */
import * as pulumi from "@pulumi/pulumi";
import {
  Directory,
  DnsRecord,
  File,
  labReference,
  nginx,
  PgDatabase,
  ProxiedSite,
  Service,
} from "../components";
import { page } from "./home/application";

export = async () => {
  const home = await labReference<typeof import("./home")>("home");

  // Something that nobody made here, with a name of its own.
  new DnsRecord("printer", { zone: home.lan, type: "A", values: "10.77.0.40" });

  // An application on a machine of the home, beside what the home itself has there: nginx is owned by both.
  const on = { host: home.app.connection };
  const folder = new Directory("notes", { ...on, path: "/srv/notes" });
  new File(
    "notes-page",
    { ...on, path: "/srv/notes/index.html", content: page("Notes") },
    { dependsOn: folder },
  );
  const server = new nginx.Site(
    "notes-server",
    {
      ...on,
      name: "notes",
      context: "http",
      config: "server {\n    listen 8081;\n    root /srv/notes;\n}\n",
    },
    { dependsOn: home.app.package("nginx") },
  );
  new Service("notes-nginx", { ...on, unit: "nginx" }, { dependsOn: server });

  // Its site on the home's proxy: certificate of the home's authority, name in the home's zone.
  const notes = new ProxiedSite("notes", {
    proxy: home.proxy,
    hostname: "notes.home.arpa",
    upstream: { host: home.app, port: 8081 },
  });

  // Its database on the home's server, for the application's machine alone. A dump stays when it is destroyed.
  const database = new PgDatabase("notes", {
    server: home.pg,
    allowFrom: [home.app],
    protect: false,
  });

  return {
    sites: { notes: notes.url },
    database: pulumi.interpolate`${database.name} on ${database.host}`,
    caCertificate: home.ca.certificatePem,
  };
};
