import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";

import {
  foundIn,
  ownLines,
  read,
  searchHere,
  searchMachine,
  stateFolder,
  watchMachine,
  watchProcesses,
  withoutEnginesOwn,
} from "../../support/canaries";
import { deleteMachine } from "../../support/machine";
import { Project, type Run } from "../../support/project";
import { type DaemonMachine, startNameServer } from "../kinds/daemons";

const canary = (name: string) => `canary-${name}-${randomBytes(8).toString("hex")}`;

describe("A secret given to a resource", () => {
  const secrets = {
    file: canary("file"),
    changed: canary("changed"),
    record: canary("record"),
    site: canary("site"),
    byHand: canary("by-hand"),
    refusedFile: canary("refused-file"),
    refusedSite: canary("refused-site"),
    inside: canary("inside"),
  };
  const runs: Record<string, Run> = {};
  let log = "";
  let engineLog = "";
  let state = "";
  let events = "";
  let patterns: string[];
  let folder: string;
  let machine: DaemonMachine;
  let project: Project;
  let seenThere: string;
  let seenHere: string;
  let leftThere: string;
  let leftHere: string;

  const program = (edit: string) => `import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { bind, dns, host as kinds, nginx, Provider, ssh } from "labwright/resources";
const values = JSON.parse(readFileSync(${JSON.stringify(path.join(folder, "values.json"))}, "utf8")) as Record<string, string>;
const secret = (name: string) => pulumi.secret(values[name]!);
const provider = new Provider("lab", { sshPrivateKey: secret("sshPrivateKey") });
const host = ${machine.host};
const on = (...dependsOn: pulumi.Resource[]) => ({ provider, dependsOn });
const key = new ssh.HostKey("key", {}, on());
export const privateKey = key.privateKey;
new kinds.File("copy", { host, path: "/srv/copy", content: key.privateKey, mode: "0600" }, on());
new kinds.File("file", { host, path: "/srv/file", mode: "0600", content: secret("file") }, on());
new kinds.File("inside", { host, path: "/srv/inside", mode: "0600", content: pulumi.interpolate\`a=1\\npassword=\${secret("inside")};\\nb=2\\n\` }, on());
const installed = new kinds.Package("nginx", { host, name: "nginx" }, on());
new nginx.Site("site", { host, name: "site", context: "http",
  config: pulumi.interpolate\`server { listen 8080; return 200 "\${secret("site")}"; }\\n\` }, on(installed));
const zone = new bind.Zone("zone", { host, name: "home.arpa", nameServers: ["ns1.home.arpa."],
  glue: { "ns1.home.arpa.": ["10.77.0.155"] }, adminMailbox: "hostmaster@home.arpa" }, on());
new dns.Record("record", { host, zone: "home.arpa", name: "@", type: "TXT", values: [secret("record")] }, on(zone));
${edit}
`;
  // Two that fail, each with an error that quotes what it was given.
  const failing = `
new kinds.File("refused-file", { host, path: "/srv/refused", content: secret("refusedFile"),
  validate: "cat /srv/refused >&2; exit 1" }, on());
new nginx.Site("refused-site", { host, name: "refused", context: "http",
  config: pulumi.interpolate\`\${secret("refusedSite")} on;\\n\` }, on(installed));
`;

  async function watched(name: string, work: () => Promise<Run>): Promise<void> {
    project.providerLog(); // begins anew
    runs[name] = await work();
    log += read(project.logFile);
    events += read(path.join(project.folder, "events.jsonl"));
    state += execFileSync("grep", ["-rah", "", stateFolder()], { maxBuffer: 1 << 28 }).toString();
  }

  before(async () => {
    machine = await startNameServer("secrets", 155);
    folder = mkdtempSync(path.join(tmpdir(), "labwright-canaries-"));
    const identity = path.join(folder, "identity");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", identity]);
    await machine.run(`cat >>/root/.ssh/authorized_keys <<'END'\n${read(`${identity}.pub`)}END`);
    const sshPrivateKey = read(identity);
    patterns = [...Object.values(secrets), ...ownLines(sshPrivateKey)];
    writeFileSync(path.join(folder, "values.json"), JSON.stringify({ ...secrets, sshPrivateKey }));
    const patternFile = path.join(folder, "patterns");
    const stamp = path.join(folder, "stamp");
    writeFileSync(stamp, "");

    project = new Project("secrets", program(""));
    await project.init();
    const first = await project.up("--diff"); // for the host key's sake: its text is known now
    assert.equal(first.code, 0, first.output);
    patterns.push(...ownLines(String((await project.outputs())["privateKey"])));
    writeFileSync(patternFile, `${patterns.join("\n")}\n`);
    runs["first"] = first;
    assert.equal((await project.destroy()).code, 0);
    await project.apply("--target", "**key"); // the same engine, a new key: known before the rest
    patterns.push(...ownLines(String((await project.outputs())["privateKey"])));
    writeFileSync(patternFile, `${patterns.join("\n")}\n`);

    const stopThere = await watchMachine(machine, patterns);
    const stop = path.join(folder, "stop");
    const stopHere = watchProcesses(stop, patternFile);

    await watched("preview", () => project.preview("--diff"));
    await watched("up", () => project.up("--diff"));
    // printf is the shell's own: no process has this as an argument.
    await machine.run(`printf %s '${secrets.byHand}' | tee -a /srv/inside >/srv/file
nsupdate -l <<'END'
zone home.arpa
update add home.arpa. 3600 TXT "more"
send
END`);
    await watched("refresh", () => project.refresh("--diff"));
    await watched("repair", () => project.up("--diff"));
    project.write(program(failing));
    await watched("failing", () => project.up("--diff"));
    project.write(program("").replace('secret("file")', 'secret("changed")'));
    const logged = await project.run([
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      project.stack,
      "-v=9",
      "--logtostderr",
    ]);
    engineLog = logged.output;
    runs["logged"] = { ...logged, output: "" };
    await watched("destroy", () => project.destroy("--diff"));

    seenThere = await stopThere();
    writeFileSync(stop, "");
    seenHere = await stopHere();
    // A record is told to whoever asks, and named logs every update: only its way there is a secret.
    const unpublished = patterns.filter((pattern) => pattern !== secrets.record);
    leftThere = await searchMachine(machine, unpublished, [
      "/tmp",
      "/run",
      "/var/tmp",
      "/dev/shm",
      "/root",
      "/home",
      "/var/lib/labwright",
      "/var/log",
      "/srv",
      "/etc",
    ]);
    const folders = ["/tmp", "/run", "/dev/shm", "/var/tmp", tmpdir(), homedir()];
    // The machine's own disk, which has been searched from within.
    const disks = path.join(process.env["LABWRIGHT_SANDBOX"]!, "volumes");
    const except = [folder, project.folder, disks];
    leftHere = await searchHere(patternFile, [...new Set(folders)], stamp, except);
  });

  after(async () => {
    await project?.remove();
    if (folder && existsSync(folder)) rmSync(folder, { recursive: true });
    await deleteMachine(155);
  });

  it("reaches its host, in all that follows", () => {
    for (const name of ["preview", "up", "refresh", "repair", "logged", "destroy"])
      assert.equal(
        runs[name]!.code,
        0,
        `${name}\n${runs[name]!.output}\n${engineLog.slice(-3000)}`,
      );
  });
  it("is seen to drift, without being shown", () => {
    const seen = runs["refresh"]!.steps.filter(({ diffs }) => diffs.length > 0);
    assert.deepEqual(Object.fromEntries(seen.map(({ name, diffs }) => [name, diffs])), {
      file: ["content"],
      inside: ["content"],
      record: ["values[1]"],
    });
  });
  it("may be in what a failing command says", () => {
    assert.deepEqual(runs["failing"]!.failed.map(({ name }) => name).sort(), [
      "refused-file",
      "refused-site",
    ]);
    assert.match(runs["failing"]!.output, /unknown directive/);
    assert.match(runs["failing"]!.output, /\[secret\]/);
  });
  it("is in no output of the engine", () => {
    for (const [name, { output }] of Object.entries(runs))
      assert.deepEqual(foundIn(output, patterns), [], name);
  });
  it("is in no event of the engine", () =>
    assert.deepEqual(foundIn(withoutEnginesOwn(events), patterns), []));
  it("is not in the state as it is stored", () => {
    assert.match(state, /"ciphertext"/);
    assert.deepEqual(foundIn(state, patterns), []);
  });
  it("is not in the most talkative log of the engine and its plugins", () => {
    const others = withoutEnginesOwn(engineLog);
    assert.match(others, /Provider\[.*\.Update\(.*::file\b/);
    assert.deepEqual(foundIn(others, patterns), []);
  });
  it("is not in the provider's log", () => {
    assert.ok(log.includes('"event":"script"'));
    assert.deepEqual(foundIn(log, patterns), []);
  });
  it("is in no argument and no environment of a process on the host", () => {
    assert.equal(seenThere, "");
  });
  it("is in no argument and no environment of a process here", () => {
    assert.equal(seenHere, "");
  });
  it("is left in no log, journal, shell history or temporary file on the host", () => {
    assert.equal(leftThere, "");
  });
  it("is left in no temporary file and no history here", () => {
    assert.equal(leftHere, "");
  });
});
