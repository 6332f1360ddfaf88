import {
  type Machine,
  deleteMachine,
  hostArgument,
  ssh,
  startMachine,
} from "../../support/machine";

const install = (packages: string) =>
  `export DEBIAN_FRONTEND=noninteractive
apt-get -qq update >/dev/null
apt-get -qq install -y --no-install-recommends ${packages} >/dev/null 2>&1`;

/** A machine with one of the daemons under test, and TypeScript text of its `host` argument. */
export interface DaemonMachine extends Machine {
  host: string;
  /** Runs a script as root; gives its standard output. */
  run(script: string): Promise<string>;
}

async function startWith(
  name: string,
  number: number,
  packages: string,
  setUp: string,
): Promise<DaemonMachine> {
  await deleteMachine(number);
  const machine = await startMachine(name, `10.77.0.${number}`, number);
  const run = (script: string) => ssh(machine, `set -eu\n${script}`);
  await run(install(packages));
  await run(setUp);
  const machineId = (await run("cat /etc/machine-id")).trim();
  return { ...machine, host: hostArgument(machine, machineId), run };
}

/** A machine with BIND that takes new zones. `number` is its id and the last part of its address. */
export function startNameServer(name: string, number: number): Promise<DaemonMachine> {
  return startWith(
    name,
    number,
    "bind9 bind9-dnsutils",
    `cat >/etc/bind/named.conf.options <<'END'
options {
    directory "/var/cache/bind";
    listen-on { any; };
    allow-new-zones yes;
    recursion yes;
    allow-recursion { localhost; };
    dnssec-validation no;
    disable-empty-zone "home.arpa";
};
END
systemctl restart named`,
  );
}

/** A machine with nginx that includes conf.d and stream.d. */
export function startWebServer(name: string, number: number): Promise<DaemonMachine> {
  return startWith(
    name,
    number,
    "nginx libnginx-mod-stream",
    `mkdir -p /etc/nginx/stream.d
echo 'stream { include /etc/nginx/stream.d/*.conf; }' >>/etc/nginx/nginx.conf
systemctl reload nginx`,
  );
}
