import * as fs from "node:fs";
import * as path from "node:path";
import type { Guest } from "../hypervisor";
import type { RunningMachine } from "../machines/machine-run";
import { findMachine } from "../machines/machine-run";
import type { Sandbox } from "./sandbox";

export interface RunningGuest {
  guest: Guest;
  machine: RunningMachine;
  /** Folder of the run. */
  runDir: string;
}

/** The guests that run, by VM id, found by their run folders; no API needed. */
export function runningGuests(sandbox: Sandbox): RunningGuest[] {
  if (!fs.existsSync(sandbox.machinesDir)) return [];
  return fs
    .readdirSync(sandbox.machinesDir)
    .filter((name) => /^\d+$/.test(name))
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((name) => {
      const runDir = path.join(sandbox.machinesDir, name);
      const machine = findMachine(runDir);
      const file = path.join(runDir, "guest.json");
      if (!machine || !fs.existsSync(file)) return [];
      return [{ guest: JSON.parse(fs.readFileSync(file, "utf8")) as Guest, machine, runDir }];
    });
}
