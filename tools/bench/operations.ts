import { hostConnection, type Machine, runOverSsh } from "./machine";
import { PluginClient } from "./plugin-client";
import { PulumiProject } from "./pulumi-project";
import type { Report } from "./report";
import { spread } from "./statistics";

const FILES = 200;
/** Fewer, where each takes a connection of its own. */
const CONNECTIONS = 40;
const RUNS = 3;
/** As many operations as the engine has under way by default: four a core. */
const AT_ONCE = 8;

const FOLDER = "/srv/bench";
const fileNames = Array.from({ length: FILES }, (_, n) => `${FOLDER}/file-${n}`);
const content = (file: string): string => `line of ${file}\n`;

/** Writes a file as anybody would by hand: a new one beside it, its mode, and a rename. */
const writeByHand = (file: string): string =>
  `printf %s '${content(file)}' >${file}.new && chmod 0644 ${file}.new && mv ${file}.new ${file}\n`;

/** Small changes on one host, by several ways. */
export async function measureOperations(report: Report, machine: Machine): Promise<void> {
  const about = `${FILES} files of one line written on one host (${CONNECTIONS} where each has a connection), ${RUNS} runs. The official plugin behind \`@pulumi/command\` is no part of this
measurement: what stands for its way is OpenSSH's client run once a file, a connection each, with a script that does the same write.
The provider does more for each file than that script: it takes a lock, looks into the ledger who owns the file, writes, flushes to
disk, and notes it. *Alone* means that the plugin is driven directly over gRPC, ${AT_ONCE} calls at once, without the engine.`;
  await report.section(
    "Operations on one host",
    about,
    ["way", "operations a second"],
    async (row) => {
      report.needTime();
      const fresh = (): Promise<string> => runOverSsh(machine, `rm -rf ${FOLDER}; mkdir ${FOLDER}`);
      const measure = async (
        way: string,
        files: readonly string[],
        work: (files: readonly string[]) => Promise<void>,
      ): Promise<void> => {
        const rates: number[] = [];
        for (let run = 0; run < RUNS; run++) {
          await fresh();
          rates.push(await rate(files.length, () => work(files)));
        }
        row(way, spread(rates));
      };
      const some = fileNames.slice(0, CONNECTIONS);

      await measure("a connection each, one after the other", some, async (files) => {
        for (const file of files) await runOverSsh(machine, writeByHand(file));
      });
      await measure(`a connection each, ${AT_ONCE} at once`, some, (files) =>
        eachAtOnce(files, AT_ONCE, (file) => runOverSsh(machine, writeByHand(file))),
      );
      await measure(
        "one shell script written by hand, one connection: the floor",
        fileNames,
        async (files) => {
          await runOverSsh(machine, files.map(writeByHand).join(""));
        },
      );
      await fresh();
      await measurePlugin(row, await hostConnection(machine));
      report.needTime();
      await measureEngine(row, await hostConnection(machine));
    },
  );
}

/** Operations a second. */
async function rate(operations: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (operations / (performance.now() - start)) * 1000;
}

async function measurePlugin(row: (...cells: string[]) => void, host: object): Promise<void> {
  const plugin = await PluginClient.start();
  try {
    const [creates, reads, deletes]: number[][] = [[], [], []];
    for (let run = 0; run < RUNS; run++) {
      const made = new Map<string, object>();
      const over = (work: (file: string) => Promise<unknown>): Promise<number> =>
        rate(FILES, () => eachAtOnce(fileNames, AT_ONCE, work));
      creates!.push(
        await over(async (file) => {
          const inputs = await plugin.check(file, { host, path: file, content: content(file) });
          made.set(file, await plugin.create(file, inputs));
        }),
      );
      reads!.push(await over((file) => plugin.read(file, made.get(file)!)));
      deletes!.push(await over((file) => plugin.delete(file, made.get(file)!)));
    }
    row("the provider alone: create (the first with its connection)", spread(creates!));
    row("the provider alone: read", spread(reads!));
    row("the provider alone: delete", spread(deletes!));
  } finally {
    await plugin.stop();
  }
}

async function measureEngine(row: (...cells: string[]) => void, host: object): Promise<void> {
  const project = PulumiProject.of(
    "operations",
    `import { host } from "labwright/resources";
     for (const path of ${JSON.stringify(fileNames)})
       new host.File(path.replace(/\\W/g, "-"), { host: ${JSON.stringify(host)}, path, content: "line of " + path + "\\n" });`,
  );
  await project.init();
  const [whole, alone]: number[][] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    const up = await project.up();
    whole!.push((FILES / up.ms) * 1000);
    alone!.push((FILES / up.providerMs) * 1000);
    await project.destroy();
  }
  await project.remove();
  row("the provider with the engine, its own time", spread(alone!));
  row("the provider with the engine, whole `pulumi up`", spread(whole!));
}

/** Does some work for each item, a fixed number of them at a time. */
async function eachAtOnce<T>(
  items: readonly T[],
  number: number,
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: number }, worker));
}
