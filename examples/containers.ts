/** Containers on a machine, each a host of its own. */
import { File, type Host, nginx, NspawnMachine, Service } from "../components";

export function containers(box: Host) {
  const web = new NspawnMachine("web", { on: box, image: { suite: "bookworm" } });
  new File("motd", {
    host: web.host.connection,
    path: "/etc/motd",
    content: "Hello\n",
    adopt: true,
  });

  const wiki = new NspawnMachine("wiki", {
    on: box,
    image: { suite: "bookworm", packages: ["ca-certificates"] },
    network: { bridge: "br0" },
    address: "10.77.0.95/24",
    gateway: "10.77.0.1",
    binds: {
      "/var/lib/wiki": "/srv/wiki",
      "/etc/ssl/lab": { source: "/etc/ssl/lab", readOnly: true },
    },
    limits: { memoryMaxMiB: 1024, cpuQuotaPercent: 150 },
    environment: { LANG: "C.UTF-8" },
    settings: { Exec: { Capability: "CAP_SYS_NICE" } },
  });

  pages(web);
  return { web: web.host.handle, wiki: wiki.host.handle };
}

/** A site on the nginx of a container. */
function pages(web: NspawnMachine) {
  const on = { host: web.host.connection };
  const installed = web.host.package("nginx-light");
  const running = new Service(
    "nginx",
    { ...on, unit: "nginx" },
    web.host.options({ dependsOn: installed }),
  );
  new nginx.Site(
    "pages",
    { ...on, name: "pages", context: "http", config: "server { listen 8080; root /srv/www; }\n" },
    web.host.options({ dependsOn: running }),
  );
}

/** Containers that are alike, and one from an archive. */
export function family(box: Host, sha256: string) {
  const first = new NspawnMachine("worker", {
    on: box,
    image: { archive: "https://images.example.net/debian.tar.xz", sha256 },
  });
  new NspawnMachine("worker-2", { on: box, image: { clone: first } });
}
