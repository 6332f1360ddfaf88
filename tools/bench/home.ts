import { packageRoot } from "../../engine/package-root";
import { PulumiProject, type Timed } from "./pulumi-project";
import type { Report } from "./report";
import { seconds } from "./statistics";

const WARM_LIVES = 1;
const QUIET_RUNS = 3;

/** The stack `home`: three machines, a name server, a proxy, three sites. */
export async function measureHome(report: Report): Promise<void> {
  const about = `Four machines, name server, proxy, database and three sites, from nothing: machines are cloned and booted, packages installed, services
configured and started. *Cold*: the package cache is empty, so every package comes over the network. *Warm*: the same stack made once more, packages from the cache of
the sandbox. *No change* rows: ${QUIET_RUNS} runs of each. The columns at the right count
connections that were started, attempts while a machine boots included, and scripts on hosts, by the provider's own log.`;
  await report.section(
    "The home stack",
    about,
    ["", "seconds", "SSH connections", "scripts"],
    async (row) => {
      const home = new PulumiProject("home", packageRoot);
      await home.init();
      const show = (what: string, runs: readonly Timed[]): void => {
        const { connections, scripts } = runs.at(-1)!;
        row(what, seconds(runs.map(({ ms }) => ms)), String(connections), String(scripts));
      };
      const [ups, destroys]: Timed[][] = [[], []];
      const cold = await home.up();
      show("`up` from nothing, cold", [cold]);
      for (let life = 0; life < WARM_LIVES; life++) {
        destroys!.push(await home.destroy());
        ups!.push(await home.up());
      }
      show("`up` from nothing, warm", ups!);
      for (const operation of ["up", "preview", "refresh"] as const) {
        const runs: Timed[] = [];
        for (let run = 0; run < QUIET_RUNS; run++) runs.push(await home[operation]());
        show(`\`${operation}\`, no change`, runs);
      }
      destroys!.push(await home.destroy());
      show("`destroy`", destroys!);
      await home.remove();
    },
  );
}
