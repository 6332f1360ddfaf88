import { existsSync, readFileSync } from "node:fs";

import type { ApiClient } from "../../sandbox/lab/api-client";
import {
  addressOf,
  cloneAndStart,
  deleteMachine,
  labApi,
  loginKey,
  sshVersion,
  until,
} from "./machine";
import { PulumiProject } from "./pulumi-project";
import type { Report } from "./report";
import { seconds } from "./statistics";

const VMID = 161;
const RUNS = 5;
const RUNS_OF_VM = 2;

/** From the call that clones a template to a machine that answers. */
export async function measureClone(report: Report): Promise<void> {
  const about = `From the clone call of the Proxmox VE API. *API alone*: clone, config and start as plain calls, ${RUNS} runs; *Vm*: the
component in a \`pulumi up\` of its own, ${RUNS_OF_VM} runs, from the moment the API has the clone (user-data is made before that). *sshd answers*
is its greeting on port 22; *login*: root is let in with the host key known, for \`Vm\` by the provider, which then waits for
cloud-init.`;
  await report.section(
    "Clone call to SSH answer",
    about,
    ["", "sshd answers", "login", "whole `pulumi up`", "`pulumi destroy`"],
    async (row) => {
      report.needTime();
      const api = labApi();
      const [answers, logins]: number[][] = [[], []];
      for (let run = 0; run < RUNS; run++) {
        const start = performance.now();
        await cloneAndStart(api, VMID);
        await sshVersion(addressOf(VMID));
        answers!.push(performance.now() - start);
        await loginKey(VMID);
        logins!.push(performance.now() - start);
        await deleteMachine(api, VMID);
      }
      row("API alone", seconds(answers!), seconds(logins!), "", "");
      report.needTime();
      await measureVm(api, row);
    },
  );
}

const program = `
import { ProxmoxNode, Vm } from "labwright";
const pve = new ProxmoxNode({
  node: "pve1", template: 9000, datastore: "local", snippetsDatastore: "local", gateway: "10.77.0.1",
  authorizedKeys: [process.env.LABWRIGHT_SSH_PUBLIC_KEY!.trim()],
});
new Vm("bench-vm", { on: pve, vmId: ${VMID}, address: "${addressOf(VMID)}/24" });
`;

async function measureVm(api: ApiClient, row: (...cells: string[]) => void): Promise<void> {
  const project = PulumiProject.of("clone", program);
  await project.init();
  const [answers, logins, ups, destroys]: number[][] = [[], [], [], []];
  for (let run = 0; run < RUNS_OF_VM; run++) {
    let start = 0;
    const made = until("the clone", async () => {
      const guests = await api.get<{ vmid: number }[]>("/nodes/pve1/qemu");
      return guests.some((guest) => guest.vmid === VMID);
    }).then(() => {
      start = performance.now();
    });
    const answered = made
      .then(() => sshVersion(addressOf(VMID)))
      .then(() => answers!.push(performance.now() - start));
    const joined = made
      .then(() => until("the join", () => connected(project.logFile)))
      .then(() => logins!.push(performance.now() - start));
    const [up] = await Promise.all([project.up(), answered, joined]);
    ups!.push(up.ms);
    destroys!.push((await project.destroy()).ms);
  }
  await project.remove();
  row("`Vm`", seconds(answers!), seconds(logins!), seconds(ups!), seconds(destroys!));
}

const connected = (file: string): boolean =>
  existsSync(file) && readFileSync(file, "utf8").includes('"event":"connected"');
