import * as pulumi from "@pulumi/pulumi";
import { host as kinds } from "../../resources";
import { canonicalIP, ipVersion } from "../../validation/ip-address";
import { relativeName } from "../dns/record-value.validate";
import { refuse } from "../refuse";
import type { ProxiedSiteArgs, Server, Upstream } from "./proxied-site-args";
import { checkSite, zoneFor } from "./proxied-site.validate";
import type { UpstreamSpec } from "./reverse-proxy";
import { siteName } from "./site-name";

/**
 * A site behind a reverse proxy: reachable by its name over HTTPS, with a certificate of the lab's authority or with TLS
 * passed through, its name in DNS. Works with whatever fulfils `ReverseProxy`.
 *
 * ```ts
 * new ProxiedSite("wiki", { proxy, hostname: "wiki.home.arpa", upstream: { host: appvm, port: 8080 } });
 * ```
 */
export class ProxiedSite extends pulumi.ComponentResource {
  /** Where to open it. */
  readonly url: string;

  constructor(name: string, args: ProxiedSiteArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:proxy:ProxiedSite", name, {}, options);
    refuse(this, `ProxiedSite ${JSON.stringify(name)}`, checkSite(args).issues);
    const hostnames = [args.hostname, ...(args.aliases ?? [])].map((written) =>
      written.toLowerCase(),
    );
    const hostname = hostnames[0]!;

    if (args.passthrough)
      args.proxy.addSite(
        name,
        { hostnames, mode: "passthrough", upstream: serverSpec(args.passthrough) },
        { parent: this },
      );
    else this.terminate(name, args, hostnames, hostname);

    for (const written of hostnames) this.addRecord(name, args, written, written === hostname);
    this.url = `https://${hostname}/`;
    this.registerOutputs({ url: this.url });
  }

  private terminate(
    name: string,
    args: ProxiedSiteArgs,
    hostnames: string[],
    hostname: string,
  ): void {
    const { proxy } = args;
    const root = args.root ?? `/srv/www/${hostname}`;
    const files = args.files ? this.files(name, args, root) : [];
    const certificate = (args.certificates ?? proxy.certificates)!.issue(
      `${name}-certificate`,
      { host: proxy.host, name: siteName(hostname), dnsNames: hostnames, reload: proxy.service },
      { parent: this },
    );
    proxy.addSite(
      name,
      {
        hostnames,
        mode: "terminate",
        certificatePath: certificate.certificatePath,
        keyPath: certificate.keyPath,
        content: args.upstream ? { upstream: upstreamSpec(args.upstream, hostname) } : { root },
        maxBodyMiB: args.maxBodyMiB ?? 100,
        timeoutSeconds: args.timeoutSeconds ?? 60,
        websockets: args.websockets ?? true,
        settings: args.settings ?? {},
      },
      { parent: this, dependsOn: [certificate.resource, ...files] },
    );
  }

  /** The site's folder with its files, and the folders they lie in. */
  private files(name: string, args: ProxiedSiteArgs, root: string): pulumi.Resource[] {
    const { host } = args.proxy;
    const paths = Object.keys(args.files!).sort();
    const folders = new Set(paths.flatMap(parentFolders));
    const directories = new Map<string, kinds.Directory>();
    for (const folder of ["", ...[...folders].sort()])
      directories.set(
        folder,
        new kinds.Directory(
          folder === "" ? `${name}-root` : `${name}-root-${folder}`,
          { host: host.connection, path: folder === "" ? root : `${root}/${folder}` },
          host.options({
            parent: this,
            dependsOn: directories.get(parentFolders(folder).at(-1) ?? ""),
          }),
        ),
      );
    return paths.map((path) => {
      const folder = directories.get(parentFolders(path).at(-1) ?? "")!;
      return new kinds.File(
        `${name}-file-${path}`,
        { host: host.connection, path: `${root}/${path}`, content: args.files![path]! },
        host.options({ parent: this, dependsOn: [folder] }),
      );
    });
  }

  private addRecord(name: string, args: ProxiedSiteArgs, hostname: string, first: boolean): void {
    const zone = zoneFor(args, hostname);
    if (!zone) return;
    const { address } = args.proxy;
    zone.addRecord(
      first ? `${name}-dns` : `${name}-dns-${hostname}`,
      {
        name: relativeName(`${hostname}.`, zone.name),
        type: ipVersion(address) === 4 ? "A" : "AAAA",
        values: [canonicalIP(address)],
        ttl: 3600,
      },
      { parent: this },
    );
  }
}

/** `a` and `a/b` of `a/b/c.html`. */
function parentFolders(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function serverSpec(server: Server): UpstreamSpec {
  return { address: canonicalIP(server.host?.address ?? server.address!), port: server.port };
}

function upstreamSpec(upstream: Upstream, hostname: string): UpstreamSpec {
  const { tls } = upstream;
  if (!tls) return serverSpec(upstream);
  const { serverName = hostname, caFile } = tls === true ? {} : tls;
  return { ...serverSpec(upstream), tls: { serverName, caFile } };
}
