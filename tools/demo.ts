/** `make demo` and `make demo-down`: the stack `home` on a lab in a box, and real requests through it. */
import { spawnSync, type SpawnSyncOptions } from "node:child_process";
import { writeFileSync } from "node:fs";
import * as path from "node:path";

const root = path.resolve(__dirname, "../..");
const labwright = path.join(root, "bin/labwright");

/** Runs one of our commands, its output to the terminal; ends the demo with its exit code when it fails. */
function run(args: string[], options: SpawnSyncOptions = {}): string {
  const result = spawnSync(labwright, args, {
    cwd: root,
    stdio: "inherit",
    encoding: "utf8",
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
  return String(result.stdout ?? "");
}

const inLab = (command: string[], options?: SpawnSyncOptions): string =>
  run(["sandbox", "exec", "--", ...command], options);

/** What a script says on one of the lab's machines. */
const onMachine = (machine: string, script: string): string =>
  run(["sandbox", "ssh", machine, script], { stdio: ["ignore", "pipe", "inherit"] });

interface HomeOutputs {
  nameServer: string;
  sites: Record<string, string>;
  caCertificate: string;
  machines: Record<string, string>;
}

function up(): void {
  run(["sandbox", "up"]);
  inLab(["pulumi", "stack", "select", "--create", "home"]);
  inLab(["pulumi", "up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", "home"]);
  const outputs = inLab(["pulumi", "stack", "output", "--json", "--stack", "home"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { nameServer, sites, caCertificate, machines } = JSON.parse(outputs) as HomeOutputs;
  console.log(`\nReal requests: names from ${nameServer}, pages through the lab's proxy\n`);
  inLab([process.execPath, path.join(__dirname, "demo-requests.js")], {
    input: JSON.stringify({ nameServer, sites, caCertificate }),
    stdio: ["pipe", "inherit", "inherit"],
  });
  console.log(`\nData\n`);
  const visits = onMachine(
    "appvm1",
    "psql -Xq -v ON_ERROR_STOP=1 service=guestbook -c 'set client_min_messages = warning' " +
      "-c 'create table if not exists visit (at timestamptz default now())' -c 'insert into visit default values' " +
      "&& psql -XAtq service=guestbook -c 'select count(*) from visit'",
  );
  console.log(
    `  database guestbook on datavm1: a row written from appvm1, ${visits.trim()} in all`,
  );
  const caFile = path.join(root, ".sandbox", "home-ca.pem");
  writeFileSync(caFile, caCertificate);
  const { hostname } = new URL(sites.wiki!);
  console.log(`
The lab is running:
${Object.entries(machines)
  .map(([name, address]) => `  ${name.padEnd(10)} ${address}`)
  .join("\n")}

Look around
  bin/labwright sandbox status
  bin/labwright sandbox ssh webvm1
  bin/labwright sandbox exec -- bash          a shell inside the lab's network, with pulumi at hand
  bin/labwright sandbox exec -- curl --cacert ${path.relative(root, caFile)} --resolve ${hostname}:443:${machines.webvm1} ${sites.wiki}

Change something and run it again
  edit stacks/home.ts, then   bin/labwright sandbox exec -- pulumi up --stack home
  break something by hand:    bin/labwright sandbox ssh webvm1 rm /etc/nginx/conf.d/www.home.arpa.conf
  see it, and repair it:      bin/labwright sandbox exec -- pulumi up --refresh --stack home
  put applications on it:     bin/labwright sandbox exec -- sh -c 'pulumi stack select --create apps && pulumi up'

Take it away
  make demo-down`);
}

switch (process.argv[2]) {
  case "up":
    up();
    break;
  case "down":
    run(["sandbox", "down"]);
    break;
  default:
    console.error("usage: demo up | down");
    process.exitCode = 2;
}
