import assert from "node:assert/strict";

import { Project } from "../../support/project";
import type { KindMachine } from "../kinds/kind-machine";
import { assertNoChange, destroy, refresh, up, upError } from "../kinds/lab-project";

/** How a client machine uses a share. Each call is a client that comes anew. */
export interface NfsUse {
  /** Writes a file of the share. */
  write(client: KindMachine, source: string, file: string, text: string): Promise<void>;
  /** The content of a file of the share. */
  read(client: KindMachine, source: string, file: string): Promise<string>;
}

/** One implementation of `NfsServer`, and the machines to try it on. */
export interface NfsTrial {
  server: KindMachine;
  one: KindMachine;
  other: KindMachine;
  use: NfsUse;
}

/** TypeScript of a share's arguments, but for its server. */
type Share = Record<string, unknown>;

/**
 * What every NFS server does with shares, tried on real machines: one suite for all implementations. `make` is TypeScript
 * that makes the server on `host`.
 */
export function describeNfsServer(
  implementation: string,
  make: string,
  start: () => Promise<NfsTrial>,
): void {
  describe(`NfsServer: ${implementation} with real clients`, function () {
    let trial: NfsTrial;
    let project: Project;
    const source = () => `${trial.server.address}:/srv/films`;

    const program = (shares: Record<string, Share>) =>
      `import { existingHost, ${implementation}, NfsShare } from "labwright";
const host = existingHost({ name: "nas", address: ${JSON.stringify(trial.server.address)}, hostKey: ${JSON.stringify(trial.server.hostKey)} });
const server = ${make};
const shares: Record<string, any> = ${JSON.stringify(shares)};
for (const [name, args] of Object.entries(shares)) new NfsShare(name, { server, ...args });
`;
    const apply = (shares: Record<string, Share>) => {
      project.write(program(shares));
      return up(project);
    };
    const films = (changes: Share = {}): { films: Share } => ({
      films: { path: "/srv/films", mode: "0777", clients: [trial.one.address], ...changes },
    });
    const allowed = async (client: KindMachine, file: string, text: string) => {
      assert.equal(await trial.use.read(client, source(), file), text);
    };
    const refused = (client: KindMachine, file: string) =>
      assert.rejects(trial.use.read(client, source(), file), client.name);

    before(async () => {
      trial = await start();
      project = new Project(`nfs-${implementation.toLowerCase()}`, "");
      await project.init();
    });
    after(async () => {
      await project.remove();
      await Promise.all([trial.server, trial.one, trial.other].map((machine) => machine.delete()));
    });

    it("shares a file written on one machine with another one", async () => {
      const { one, other } = trial;
      const both = films({ clients: [one.address, other.address] });
      await apply(both);
      await trial.use.write(one, source(), "night.txt", "A Night at the Opera\n");
      await allowed(other, "night.txt", "A Night at the Opera\n");
      // Root of a client is nobody on the server.
      assert.equal(
        await trial.server.run(
          "stat -c '%u %a' /srv/films /srv/films/night.txt | sed 's/ [0-9]*$//'",
        ),
        "0\n65534\n",
      );
      await assertNoChange(project);
      assert.deepEqual(await refresh(project), {});
    });

    it("refuses a machine that was not allowed, also after a change", async () => {
      const { one, other } = trial;
      await apply(films());
      await allowed(one, "night.txt", "A Night at the Opera\n");
      await refused(other, "night.txt");
      assert.deepEqual(await apply(films({ clients: [other.address] })), { update: ["films"] });
      await allowed(other, "night.txt", "A Night at the Opera\n");
      await refused(one, "night.txt");
    });

    it("lets a machine that is named keep its own options in a network that may only read", async () => {
      const { one, other } = trial;
      const clients = [{ network: "10.77.0.0/24", access: "ro" }, one.address];
      await apply(films({ clients }));
      await trial.use.write(one, source(), "day.txt", "A Day at the Races\n");
      await allowed(other, "day.txt", "A Day at the Races\n");
      await assert.rejects(trial.use.write(other, source(), "no.txt", "no\n"));
      assert.equal(await trial.server.run("ls /srv/films"), "day.txt\nnight.txt\n");
    });

    it("makes everybody one user with squash all, and leaves root alone with squash none", async () => {
      const { one } = trial;
      await apply(films({ squash: "all", anonymousUid: 1234, anonymousGid: 1235 }));
      await trial.use.write(one, source(), "all.txt", "x\n");
      await apply(films({ squash: "none" }));
      await trial.use.write(one, source(), "none.txt", "x\n");
      assert.equal(
        await trial.server.run(
          "cd /srv/films; stat -c '%n %u %g' all.txt none.txt; rm all.txt none.txt",
        ),
        "all.txt 1234 1235\nnone.txt 0 0\n",
      );
    });

    it("changes owner, group and mode of the directory in place, and repairs them", async () => {
      const look = () => trial.server.run("stat -c '%U %G %a' /srv/films");
      const changed = films({ owner: "nobody", group: "nogroup", mode: "2775" });
      assert.deepEqual(await apply(changed), { update: ["films", "films-directory"] });
      assert.equal(await look(), "nobody nogroup 2775\n");
      await trial.server.run("chmod 700 /srv/films; chown root:root /srv/films");
      assert.deepEqual(await refresh(project), { "films-directory": ["group", "mode", "owner"] });
      assert.deepEqual(await up(project), { update: ["films-directory"] });
      assert.equal(await look(), "nobody nogroup 2775\n");
    });

    it("ends a share without its data, and finds them again", async () => {
      const { one, server } = trial;
      await apply(films());
      await apply({});
      await refused(one, "night.txt");
      assert.equal(await server.run("cat /srv/films/night.txt"), "A Night at the Opera\n");
      await apply(films());
      await allowed(one, "night.txt", "A Night at the Opera\n");
    });

    it("replaces the export for another path, and leaves the old directory", async () => {
      await apply(films({ path: "/srv/films/opera" }));
      await refused(trial.one, "night.txt");
      assert.equal(await trial.server.run("cat /srv/films/night.txt"), "A Night at the Opera\n");
      await apply({});
    });

    it("deletes the data when it was told to", async () => {
      const gone = { gone: { path: "/srv/gone", clients: ["10.77.0.0/24"], deleteData: true } };
      await apply(gone);
      await trial.server.run("touch /srv/gone/x");
      await apply({});
      await trial.server.run("[ ! -e /srv/gone ]");
    });

    it("refuses a directory that is there already, and shares it with adopt", async () => {
      await trial.server.run("mkdir -p /srv/mine; echo mine >/srv/mine/file; chmod 755 /srv/mine");
      const mine = { mine: { path: "/srv/mine", clients: ["10.77.0.0/24"] } };
      project.write(program(mine));
      assert.match(await upError(project), /\/srv\/mine .* exists already and was not made by/);
      await apply({ mine: { ...mine.mine, adopt: true, deleteData: true } });
      await apply({});
      assert.equal(await trial.server.run("cat /srv/mine/file"), "mine\n");
    });

    it("is destroyed whole and made again, with the data where they were", async () => {
      await apply(films());
      await destroy(project);
      await refused(trial.one, "night.txt");
      await apply(films());
      await allowed(trial.one, "night.txt", "A Night at the Opera\n");
      await assertNoChange(project);
      await destroy(project);
    });
  });
}
