import { deleteMachine, hostArgument, type Machine, ssh, startMachine } from "./machine";

/** A machine for one file of tests, and TypeScript text of its `host` argument. */
export interface TestMachine extends Machine {
  host: string;
  /** Runs a script as root over a connection of its own; gives its standard output. */
  run(script: string): Promise<string>;
}

/** Starts a machine anew. `number` is its id and the last part of its address. */
export async function startTestMachine(name: string, number: number): Promise<TestMachine> {
  await deleteMachine(number);
  const machine = await startMachine(name, `10.77.0.${number}`, number);
  const run = (script: string) => ssh(machine, `set -eu\n${script}`);
  const machineId = (await run("cat /etc/machine-id")).trim();
  return { ...machine, host: hostArgument(machine, machineId), run };
}
