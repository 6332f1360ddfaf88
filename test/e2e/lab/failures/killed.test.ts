import assert from "node:assert/strict";

import { deleteMachine } from "../../support/machine";
import { killUp, scriptsBegun, type Victim } from "../../support/kill";
import { changes, Project, type Run } from "../../support/project";
import { startTestMachine, type TestMachine } from "../../support/test-machine";

const count = 6;
const names = Array.from({ length: count }, (_, index) => `file-${index}`);

/** Scripts that have begun on the host when the blow falls: the first, in the middle, the last of an update. */
const moments: Record<Victim, number[]> = { provider: [1, 3, count], engine: [1, count] };

describe("An up that is killed half way", function () {
  let machine: TestMachine;
  let project: Project;

  // Each file keeps the host busy for a while, so that every moment can be hit.
  const program = (content: string) => `import { host as kinds } from "labwright/resources";
const host = ${machine.host};
const folder = new kinds.Directory("folder", { host, path: "/srv/killed" });
for (const name of ${JSON.stringify(names)})
  new kinds.File(name, { host, path: "/srv/killed/" + name, content: "${content} " + name, validate: "sleep 0.3" },
    { dependsOn: [folder] });
`;
  const contents = async () =>
    (await machine.run(`cd /srv/killed && for f in *; do cat "$f"; echo; done`)).trim().split("\n");
  const expected = (content: string) => names.map((name) => `${content} ${name}`);

  before(async () => {
    machine = await startTestMachine("killed", 153);
    project = new Project("killed", "");
    await project.init();
  });

  after(async () => {
    await project?.remove();
    await deleteMachine(153);
  });

  for (const victim of ["provider", "engine"] as const) {
    for (const moment of moments[victim]) {
      for (const forgets of [false, true]) {
        const state = forgets ? "with the state put back to what it was before" : "as it was left";
        describe(`${victim}, after ${moment} scripts, ${state}`, () => {
          let created: Run;
          let updated: Run;

          before(async () => {
            project.write(program("first"));
            await killUp(project, victim, (log) => scriptsBegun(log) >= moment, forgets);
            created = await project.up();
          });

          it("is finished by the next", async () => {
            assert.equal(created.code, 0, created.output);
            assert.deepEqual(await contents(), expected("first"));
          });

          it("is finished by the next when it was changing what is there", async () => {
            project.write(program("second"));
            await killUp(project, victim, (log) => scriptsBegun(log) >= moment, forgets);
            updated = await project.up();
            assert.equal(updated.code, 0, updated.output);
            assert.deepEqual(await contents(), expected("second"));
          });

          it("leaves nothing for a further up", async () => {
            assert.deepEqual(changes(await project.apply()), {});
          });

          it("leaves nothing unfinished in the ledger", async () => {
            const states = await machine.run(
              "cat /var/lib/labwright/ledger/* | grep '^state' | sort | uniq -c",
            );
            assert.deepEqual(states.trim().split(/\s+/), [String(count + 1), "state", "done"]);
          });

          it("leaves nothing behind after a destroy", async () => {
            const run = await project.destroy();
            assert.equal(run.code, 0, run.output);
            assert.equal(
              await machine.run(
                "ls -A /srv /var/lib/labwright/ledger; ls -A /tmp | grep -i labwright || true",
              ),
              "/srv:\n\n/var/lib/labwright/ledger:\n",
            );
          });
        });
      }
    }
  }
});
