import {
  type Machine,
  deleteMachine,
  hostArgument,
  ssh,
  startMachine,
} from "../../support/machine";

/** A machine for the tests of one kind, and TypeScript text of its `host` argument. */
export interface KindMachine extends Machine {
  host: string;
  machineId: string;
  /** Runs a script as root over a connection of its own; gives its standard output. */
  run(script: string): Promise<string>;
  delete(): Promise<void>;
}

/** A machine at 10.77.0.NUMBER with that number as its id. */
export async function startKindMachine(name: string, number: number): Promise<KindMachine> {
  await deleteMachine(number);
  const machine = await startMachine(name, `10.77.0.${number}`, number);
  const run = (script: string) =>
    ssh(machine, `set -eu\nexport DEBIAN_FRONTEND=noninteractive\n${script}`);
  const machineId = (await run("cat /etc/machine-id")).trim();
  await run("apt-get -qq update >/dev/null");
  return {
    ...machine,
    machineId,
    host: hostArgument(machine, machineId),
    run,
    delete: () => deleteMachine(number),
  };
}
