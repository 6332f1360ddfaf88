import { type Machine, runOverSsh } from "./machine";
import { PulumiProject } from "./pulumi-project";
import type { Report } from "./report";
import { seconds } from "./statistics";

/** How many containers on one host. LABWRIGHT_BENCH_CONTAINERS has another number, for trying. */
const COUNT = Number(process.env.LABWRIGHT_BENCH_CONTAINERS ?? 20);
const LIVES = 2;
const names = Array.from({ length: COUNT }, (_, n) => `bench-${n}`);

const setUp = `set -eu
export DEBIAN_FRONTEND=noninteractive http_proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
apt-get -qq update >/dev/null
apt-get -qq -y install systemd-container mmdebstrap >/dev/null 2>&1
mmdebstrap --quiet --variant=minbase --include=systemd,systemd-sysv,dbus bookworm /var/lib/machines/base
rm -f /var/lib/machines/base/etc/machine-id /var/lib/machines/base/etc/hostname
: >/var/lib/machines/base/etc/machine-id
`;

/** What a person would type: a clone, its settings, its start, a file in it once it has booted. */
const makeByHand = `set -eu
mkdir -p /etc/systemd/nspawn
for name in ${names.join(" ")}; do
  cp -a --reflink=auto /var/lib/machines/base "/var/lib/machines/$name"
  printf '[Exec]\\nPrivateUsers=no\\n[Network]\\nPrivate=no\\nVirtualEthernet=no\\n' >"/etc/systemd/nspawn/$name.nspawn"
  machinectl --quiet enable "$name" 2>/dev/null
  systemctl start "systemd-nspawn@$name"
done
for name in ${names.join(" ")}; do
  until leader=$(machinectl show "$name" -p Leader --value) && case $(
    nsenter -t "$leader" -a --no-fork sh -c 'systemctl is-system-running; exit 0'
  ) in running | degraded) true ;; *) false ;; esac; do sleep 0.1; done
  echo "line of $name" | nsenter -t "$leader" -a --no-fork sh -c 'cat >/etc/bench'
done
`;

const deleteByHand = `set -eu
systemctl stop ${names.map((name) => `systemd-nspawn@${name}`).join(" ")}
for name in ${names.join(" ")}; do
  machinectl --quiet disable "$name" 2>/dev/null
  machinectl remove "$name"
done
`;

const program = ({ address, hostKey }: Machine): string => `
import { existingHost, File, NspawnMachine } from "labwright";
const on = existingHost({ name: "box", address: "${address}", hostKey: "${hostKey}" });
for (const name of ${JSON.stringify(names)}) {
  const made = new NspawnMachine(name, { on, image: { clone: "base" } });
  new File(name + "-file", { host: made.host.connection, path: "/etc/bench", content: "line of " + name + "\\n" },
    made.host.options({}));
}
`;

/** Containers on one host, and the same by hand in one shell session. */
export async function measureContainers(report: Report, machine: Machine): Promise<void> {
  const about = `${COUNT} containers of systemd-nspawn on one host, all clones of an image that is there (installing it is not measured), each
with a file in it; ${LIVES} lives. *By hand* is one shell session over one connection that does the same one after the other. All work that
the containers do to boot is in both.`;
  await report.section(
    "Containers on one host",
    about,
    ["what", "seconds", "SSH connections"],
    async (row) => {
      report.needTime();
      await runOverSsh(machine, setUp);
      const [made, deleted]: number[][] = [[], []];
      for (let life = 0; life < LIVES; life++) {
        made!.push(await time(() => runOverSsh(machine, makeByHand)));
        deleted!.push(await time(() => runOverSsh(machine, deleteByHand)));
      }
      row("by hand: make", seconds(made!), "1");
      row("by hand: delete", seconds(deleted!), "1");
      report.needTime();
      await measureEngine(row, machine);
    },
  );
}

async function measureEngine(row: (...cells: string[]) => void, machine: Machine): Promise<void> {
  const project = PulumiProject.of("containers", program(machine));
  await project.init();
  const [ups, quietUps, refreshes, destroys]: number[][] = [[], [], [], []];
  let connections = 0;
  for (let life = 0; life < LIVES; life++) {
    const up = await project.up();
    connections = up.connections;
    ups!.push(up.ms);
    quietUps!.push((await project.up()).ms);
    refreshes!.push((await project.refresh()).ms);
    destroys!.push((await project.destroy()).ms);
  }
  await project.remove();
  row("`pulumi up`", seconds(ups!), String(connections));
  row("`pulumi up` again, nothing to do", seconds(quietUps!), "0");
  row("`pulumi refresh`", seconds(refreshes!), "1");
  row("`pulumi destroy`", seconds(destroys!), "1");
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
