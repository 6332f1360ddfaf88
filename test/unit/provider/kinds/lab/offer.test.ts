import assert from "node:assert/strict";

import { renderChange } from "../../../../../provider/apply/change-script";
import type { HostShell } from "../../../../../provider/host/shell";
import { shellSource } from "../../../../../provider/host/shell-source";
import type { ApplyContext, RemoveContext } from "../../../../../provider/kind";
import { offerKind } from "../../../../../provider/kinds/lab/offer/kind";
import { describeUses } from "../../../../../provider/kinds/lab/offer/users";
import { ScriptRuns, shells } from "../../apply/script-runs";

const connection = (address: string, machineId = `id of ${address}`) => ({
  address,
  port: 22,
  user: "root",
  hostKey: "ssh-ed25519 AAAA",
  machineId,
});
type Connection = ReturnType<typeof connection>;

/** A context whose hosts answer with these lines of users, or not at all. */
function context(users: Record<string, string | Error>) {
  const asked: string[] = [];
  const hostAt = ({ address }: Connection) =>
    ({
      query: () => {
        asked.push(address);
        const answer = users[address] ?? "";
        return answer instanceof Error
          ? Promise.reject(answer)
          : Promise.resolve({ code: 0, stdout: "", stderr: "", fields: { users: answer } });
      },
    }) as unknown as HostShell;
  return { asked, ctx: { stack: "lab/home", hostAt } as unknown as ApplyContext & RemoveContext };
}

const one = { web: connection("10.77.0.80"), ns: connection("10.77.0.53") };
const used = {
  "10.77.0.80":
    "lab%2Fapps labwright%3Anginx%3ASite http%2Fshop.home.arpa\nlab%2Fgames labwright%3Ahost%3APackage nginx\n",
  "10.77.0.53": "lab%2Fapps labwright%3Adns%3ARecord home.arpa%2Fshop%2FA\n",
};

describe("labwright:lab:Offer", () => {
  const remove = (users: Record<string, string | Error>, force = false) => {
    const { ctx, asked } = context(users);
    return { asked, done: offerKind.remove(ctx, { hosts: one, force }) };
  };

  it("is deleted when no other stack has anything on its hosts", async () => {
    const { asked, done } = remove({});
    await done;
    assert.deepEqual(asked.sort(), ["10.77.0.53", "10.77.0.80"]);
  });

  it("is not deleted under other stacks, and names them, what they have, and the ways out", async () => {
    await assert.rejects(remove(used).done, {
      message:
        "other stacks use what this one offers: stack lab/apps has dns:Record home.arpa/shop/A on root@10.77.0.53, " +
        "nginx:Site http/shop.home.arpa on root@10.77.0.80; stack lab/games has host:Package nginx on root@10.77.0.80. " +
        "Destroy them first (pulumi destroy --stack apps, pulumi destroy --stack games); or, to leave their things " +
        "behind, set force: true in offer() and run `pulumi up` first",
    });
  });

  it("is not deleted when a host cannot be asked, although the others know of nobody", async () => {
    const gone = new Error("cannot connect to root@10.77.0.53: no route to host");
    await assert.rejects(remove({ "10.77.0.53": gone }).done, {
      message:
        "cannot look whether other stacks use what this one offers: cannot connect to root@10.77.0.53: no route to host; " +
        "make it reachable; or, when it is gone for good, set force: true in offer() and run `pulumi up` first",
    });
  });

  it("is deleted with force without looking", async () => {
    const { asked, done } = remove(used, true);
    await done;
    assert.deepEqual(asked, []);
  });

  it("looks at no host when it is made, or when its hosts stay", async () => {
    const hosts = { ...one, web: connection("10.77.0.80", "made anew") };
    for (const prior of [undefined, { hosts: one, force: false }]) {
      const { ctx, asked } = context(used);
      await offerKind.apply(ctx, { inputs: { hosts, force: false }, prior });
      assert.deepEqual(asked, []);
    }
  });

  it("looks at a host that is left out, and refuses to while it is used", async () => {
    const hosts = { ns: one.ns };
    const prior = { hosts: one, force: false };
    const { ctx, asked } = context(used);
    await assert.rejects(
      offerKind.apply(ctx, { inputs: { hosts, force: false }, prior }),
      /stack lab\/apps has nginx:Site http\/shop\.home\.arpa on root@10\.77\.0\.80; stack lab\/games/,
    );
    assert.deepEqual(asked, ["10.77.0.80"]);
    await offerKind.apply(ctx, { inputs: { hosts, force: true }, prior });
    const moved = { ...hosts, web: { ...one.web, address: "10.77.0.81" } };
    await offerKind.apply(ctx, { inputs: { hosts: moved, force: false }, prior });
  });

  it("names twenty things of a stack and counts the rest", () => {
    const uses = Array.from({ length: 25 }, (_, n) => ({
      stack: "lab/apps",
      kind: "labwright:dns:Record",
      physical: `r${n}`,
      host: "root@ns",
    }));
    assert.match(describeUses(uses)!, /dns:Record r\d+ on root@ns, and 5 more\. Destroy/);
  });
});

for (const shell of shells)
  describe(`other_users() in ${shell.join(" ")}`, () => {
    it("lists what other stacks own, alone or shared, and nothing of one's own", () => {
      const run = new ScriptRuns(shell);
      try {
        const make = (stack: string, physical: string) =>
          run.script(
            renderChange(
              { step: "make", text: ":", exists: "false", shared: true },
              {
                urn: `urn:pulumi:${stack}::lab::labwright:host:Package::${physical}`,
                kind: "labwright:host:Package",
                physical,
                known: false,
                adopt: false,
                digest: "d",
              },
            ),
          );
        const users = (stack: string) =>
          run.script(`${shellSource("kinds/lab/offer/users.sh")}
other_users lab%2F${stack} >"$in/users"
field_file users "$in/users"`).fields.users;
        assert.equal(users("home"), "");
        for (const stack of ["home", "apps", "games"]) make(stack, "nginx");
        make("home", "tree");
        make("apps", "a b");
        assert.equal(
          users("home"),
          `lab%2Fapps labwright%3Ahost%3APackage a%20b
lab%2Fgames labwright%3Ahost%3APackage nginx
lab%2Fapps labwright%3Ahost%3APackage nginx
`,
        );
      } finally {
        run.remove();
      }
    });
  });
