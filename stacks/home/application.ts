import * as pulumi from "@pulumi/pulumi";
import {
  type CertificateAuthority,
  Directory,
  File,
  type Host,
  nginx,
  Service,
} from "../../components";

/** A page that says what it is. */
export const page = (title: string) => `<!doctype html>
<meta charset="utf-8">
<title>${title}</title>
<h1>${title}</h1>
`;

/**
 * What stands for a home's real applications: a wiki over plain HTTP on port 8080, and a code host over TLS on port
 * 8443, with a certificate of its own. Both are pages that nginx serves.
 */
export function installApplication(host: Host, ca: CertificateAuthority): void {
  const on = { host: host.connection };
  const installed = host.options({ dependsOn: [host.package("nginx")] });
  for (const [name, title] of Object.entries({ wiki: "The lab's wiki", git: "The lab's code" })) {
    const folder = new Directory(`app-${name}`, { ...on, path: `/srv/${name}` }, host.options({}));
    new File(
      `app-${name}-page`,
      { ...on, path: `/srv/${name}/index.html`, content: page(title) },
      host.options({ dependsOn: [folder] }),
    );
  }
  const { certificatePath, keyPath } = ca.issue("app-certificate", {
    host,
    name: "git.home.arpa",
    dnsNames: ["git.home.arpa"],
    reload: "nginx",
  });
  const config = pulumi.interpolate`server {
    listen 8080;
    root /srv/wiki;
}

server {
    listen 8443 ssl;
    ssl_certificate ${certificatePath};
    ssl_certificate_key ${keyPath};
    root /srv/git;
}
`;
  new nginx.Site("app", { ...on, name: "app", context: "http", config }, installed);
  new Service("app-nginx", { ...on, unit: "nginx" }, installed);
}
