import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { File } from "../../../components";
import { outputValue, recordLab } from "../../../testing";
import { host } from "../components/lab-parts";

class Box extends pulumi.ComponentResource {
  constructor(
    name: string,
    content: pulumi.Input<string>,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("test:index:Box", name, {}, options);
    const connection = host(`${name}-host`).connection;
    const first = new File("first", { host: connection, path: "/a", content }, { parent: this });
    new File(
      "second",
      { host: connection, path: first.path, content: first.sha256 },
      { parent: this, protect: true, ignoreChanges: ["mode"], dependsOn: [first] },
    );
    this.registerOutputs({ content: pulumi.secret(content) });
  }
}

describe("recordLab()", () => {
  it("gives inputs, parents, dependencies, options and outputs", async () => {
    const lab = await recordLab(() => new Box("box", "text"), {
      simulate: ({ type }) =>
        type === "labwright:host:File" ? { id: "id", outputs: { sha256: "digest" } } : undefined,
    });
    const [box, first, second] = [lab.get("box"), lab.get("first"), lab.get("second")];
    assert.deepEqual(lab.childrenOf(box), [first, second]);
    assert.equal(first.id, "id");
    assert.equal(second.inputs["content"], "digest");
    assert.deepEqual(second.propertyDependencies["path"], [first.urn]);
    assert.ok(second.dependencies.includes(first.urn));
    assert.equal(second.options.protect, true);
    assert.deepEqual(second.options.ignoreChanges, ["mode"]);
    assert.equal(second.urn, "urn:pulumi:test::lab::test:index:Box$labwright:host:File::second");
    assert.deepEqual([box.outputs, box.outputSecrets], [{ content: "text" }, ["content"]]);
    assert.ok(lab.waitsFor(second, lab.get("box-host")));
    assert.ok(!lab.waitsFor(first, second));
  });

  it("marks secrets by their path, and shows what is in them", async () => {
    const lab = await recordLab(() => new Box("box", pulumi.secret("canary")));
    assert.deepEqual(lab.get("first").secrets, ["content"]);
    assert.equal(lab.get("first").inputs["content"], "canary");
    assert.deepEqual(lab.get("second").secrets, []);
  });

  it("leaves outputs of new resources unknown in a preview", async () => {
    const lab = await recordLab(() => new Box("box", "text"), { preview: true });
    assert.deepEqual(lab.get("second").unknowns, ["content", "host.machineId"].sort());
    assert.equal(lab.get("first").id, "");
  });

  it("rejects with the program's own error", async () => {
    await assert.rejects(
      recordLab(() => {
        throw new pulumi.RunError("no such lab");
      }),
      { message: "no such lab" },
    );
  });

  it("rejects with an error inside apply that nobody awaits", async () => {
    await assert.rejects(
      recordLab(() => {
        pulumi.output(1).apply(() => assert.fail("in apply"));
      }),
      { message: "in apply" },
    );
  });

  it("rejects when two resources share a name", async () => {
    await assert.rejects(
      recordLab(() => {
        new Box("box", "text");
        new Box("box", "text");
      }),
      /Duplicate resource URN 'urn:pulumi:test::lab::/,
    );
  });

  it("keeps runs apart that start at the same time", async () => {
    const labs = await Promise.all(
      ["a", "b", "c"].map((stack) =>
        recordLab(() => pulumi.getStack() + host(stack).name, { stack }),
      ),
    );
    assert.deepEqual(
      labs.map((lab) => [lab.value, lab.resources.length]),
      [
        ["aa", 1],
        ["bb", 1],
        ["cc", 1],
      ],
    );
  });

  it("hands configuration to the program, secret where said", async () => {
    const lab = await recordLab(
      async () => {
        const config = new pulumi.Config("proxmox");
        const token = config.requireSecret("token");
        return [config.require("node"), await outputValue(token), await pulumi.isSecret(token)];
      },
      {
        config: { "proxmox:node": "pve1", "proxmox:token": "canary" },
        secretConfig: ["proxmox:token"],
      },
    );
    assert.deepEqual(lab.value, ["pve1", "canary", true]);
  });

  it("answers provider functions and keeps the calls", async () => {
    const lab = await recordLab(() => pulumi.runtime.invoke("pkg:index:get", { id: 1 }), {
      invoke: (token, args) => ({ token, ...args }),
    });
    assert.deepEqual(lab.value, { token: "pkg:index:get", id: 1 });
    assert.deepEqual(lab.invokes, [{ token: "pkg:index:get", args: { id: 1 } }]);
  });

  it("gives back the listeners for rejections that were there", async () => {
    const before = process.listeners("unhandledRejection");
    await recordLab(() => undefined);
    assert.deepEqual(process.listeners("unhandledRejection"), before);
  });
});

describe("RecordedLab", () => {
  it("lists what was recorded when a name does not match one resource", async () => {
    const lab = await recordLab(() => new Box("box", "text"));
    assert.throws(() => lab.get("third"), {
      message:
        '0 resources match "third"; recorded are:\n' +
        lab.resources.map(({ type, name }) => `  ${type} ${name}`).join("\n"),
    });
  });
});
