import type { Machine } from "./machine";
import { hostConnection } from "./machine";
import { PulumiProject, type Timed } from "./pulumi-project";
import type { Report } from "./report";
import { median, ratio, rounded, seconds } from "./statistics";

const SIZES = [10, 100, 500];
/** How often a program is made and taken away, and how often each operation without a change runs. */
const LIVES = 1;
const QUIET_RUNS = 3;

interface Subject {
  name: string;
  program(size: number): string;
}

/** Figures of one program in its lives. */
interface Lives {
  ups: Timed[];
  quietUps: Timed[];
  previews: Timed[];
  refreshes: Timed[];
  destroys: Timed[];
}

/** What 10, 100 and 500 resources cost, with a change and without, on one host and on five. */
export async function measureSizes(report: Report, machines: readonly Machine[]): Promise<void> {
  const hosts = await Promise.all(machines.map(hostConnection));
  const subjects: Subject[] = [
    { name: "host:File, 1 host", program: (size) => files(size, hosts.slice(0, 1)) },
    { name: `host:File, ${hosts.length} hosts`, program: (size) => files(size, hosts) },
    { name: "RandomId", program: randomIds },
    { name: "ComponentResource", program: components },
  ];
  const results = new Map<string, Lives>();
  const result = (size: number, { name }: Subject): Lives => results.get(`${size} ${name}`)!;

  await report.section("Nothing to change", quietText, quietColumns, async (row) => {
    for (const size of SIZES) {
      // The empty programs first: the others are shown beside them.
      for (const subject of [...subjects].reverse()) {
        report.needTime();
        results.set(`${size} ${subject.name}`, await live(subject, size));
      }
      const empty = result(size, subjects[2]!);
      for (const subject of subjects) {
        const { quietUps, previews, refreshes } = result(size, subject);
        const last = refreshes.at(-1)!;
        const ours =
          subject.program === subjects[0]!.program || subject.program === subjects[1]!.program;
        row(
          `${size} ${subject.name}`,
          seconds(times(quietUps)),
          ratio(times(quietUps), times(empty.quietUps)),
          seconds(times(previews)),
          ratio(times(previews), times(empty.previews)),
          seconds(times(refreshes)),
          ours ? `${quietUps.at(-1)!.connections} / ${last.connections}` : "",
        );
      }
    }
  });

  await report.section("From nothing, and away again", madeText, madeColumns, async (row) => {
    for (const size of SIZES)
      for (const subject of subjects) {
        const lived = results.get(`${size} ${subject.name}`);
        if (!lived) continue;
        const { ups, destroys } = lived;
        const provider = (runs: readonly Timed[]): string => {
          const busy = runs.map(({ providerMs }) => providerMs);
          return median(busy) === 0
            ? ""
            : `${seconds(busy)}; ${rounded(median(busy) / size)} ms each`;
        };
        row(
          `${size} ${subject.name}`,
          seconds(times(ups)),
          provider(ups),
          seconds(times(destroys)),
          provider(destroys),
        );
      }
    return Promise.resolve();
  });
}

const quietText = `The same program again, ${QUIET_RUNS} runs a cell. Beside resources of our provider (\`host:File\`, a file of a line each) stand
two empty programs with as many resources: \`RandomId\` of the random plugin, a resource with a plugin that has nothing to look at, and
\`ComponentResource\`, which no plugin is asked about. *Times RandomId* is the ratio of medians; 1.2 is what we aim at for \`up\`.
*SSH connections* are those of the last \`up\` and of the last \`refresh\`.`;
const quietColumns = [
  "resources",
  "`up`",
  "times RandomId",
  "`preview`",
  "times RandomId",
  "`refresh`",
  "SSH connections",
];

const madeText = `\`up\` and \`destroy\` of the same programs. *Of it our provider*: wall clock in which it had
at least one call to answer, by its own log, and that divided by the resources. With file state the engine writes the whole
state at every step, so its own share grows with the square of the resources; the provider's share should grow with their number.`;
const madeColumns = ["resources", "`up`", "of it our provider", "`destroy`", "of it our provider"];

const times = (runs: readonly Timed[]): number[] => runs.map(({ ms }) => ms);

async function live(subject: Subject, size: number): Promise<Lives> {
  const project = PulumiProject.of("sizes", subject.program(size));
  await project.init();
  const lived: Lives = { ups: [], quietUps: [], previews: [], refreshes: [], destroys: [] };
  for (let life = 0; life < LIVES; life++) {
    lived.ups.push(await project.up());
    if (life === 0)
      for (let run = 0; run < QUIET_RUNS; run++) {
        lived.quietUps.push(await project.up());
        lived.previews.push(await project.preview());
        lived.refreshes.push(await project.refresh());
      }
    lived.destroys.push(await project.destroy());
  }
  await project.remove();
  return lived;
}

const files = (size: number, hosts: readonly object[]): string => `
import { host } from "labwright/resources";
const hosts = ${JSON.stringify(hosts)};
for (let n = 0; n < ${size}; n++)
  new host.File("file-" + n, { host: hosts[n % hosts.length]!, path: "/srv/bench-" + n, content: "line " + n + "\\n" });
`;

const randomIds = (size: number): string => `
import * as random from "@pulumi/random";
for (let n = 0; n < ${size}; n++) new random.RandomId("id-" + n, { byteLength: 8 });
`;

const components = (size: number): string => `
import * as pulumi from "@pulumi/pulumi";
for (let n = 0; n < ${size}; n++) new pulumi.ComponentResource("bench:index:Nothing", "nothing-" + n);
`;
