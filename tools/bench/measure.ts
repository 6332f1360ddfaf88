// All measurements, inside the lab's network: `measure FILE [SECTION...]` leaves the tables in FILE, as JSON.
import { measureClone } from "./clone";
import { measureHome } from "./home";
import { measureContainers } from "./containers";
import { deleteMachine, labApi, type Machine, startMachine } from "./machine";
import { measureOperations } from "./operations";
import { Report } from "./report";
import { measureSizes } from "./sizes";

/** On a machine with nothing else to do all takes about ten minutes; a busy one leaves out what comes last. */
const MINUTES = 13;
const HOSTS = [171, 172, 173, 174, 175];

/** Gives some machines for as long as the work takes. */
async function withMachines(
  vmids: readonly number[],
  work: (machines: Machine[]) => Promise<void>,
): Promise<void> {
  const api = labApi();
  const machines = await Promise.all(vmids.map((vmid) => startMachine(api, vmid)));
  await work(machines);
  for (const vmid of vmids) await deleteMachine(api, vmid);
}

const sections: Record<string, (report: Report) => Promise<void>> = {
  // First, because the package cache is empty at that time only.
  home: measureHome,
  clone: measureClone,
  operations: (report) =>
    withMachines(HOSTS.slice(0, 1), ([machine]) => measureOperations(report, machine!)),
  sizes: (report) => withMachines(HOSTS, (machines) => measureSizes(report, machines)),
  containers: (report) =>
    withMachines(HOSTS.slice(0, 1), ([machine]) => measureContainers(report, machine!)),
};

async function main([file, ...wanted]: string[]): Promise<void> {
  const unknown = wanted.filter((name) => !Object.hasOwn(sections, name));
  if (!file || unknown.length > 0)
    throw new Error(`usage: measure FILE [${Object.keys(sections).join("|")}]...`);
  const report = new Report(file, Date.now() + MINUTES * 60_000);
  for (const [name, measure] of Object.entries(sections))
    if (wanted.length === 0 || wanted.includes(name)) await measure(report);
  if (report.sections.some((section) => section.failures.length > 0)) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
