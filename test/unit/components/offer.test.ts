import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { existingHost, labReference, offer, type OfferOptions } from "../../../components";
import { outputValue, recordLab } from "../../../testing";
import { edge, host, publicKey } from "./lab-parts";

/** A stack that offers a zone, a proxy and a host. */
function home(options?: OfferOptions) {
  const { lan, proxy } = edge();
  return { handles: offer({ lan, proxy, nas: host("nas", "10.77.0.20") }, options) };
}

describe("offer()", () => {
  it("gives the handles, and looks after every host inside them once", async () => {
    const lab = await recordLab(() => outputValue(pulumi.output(home())));
    const { handles } = lab.value;
    assert.deepEqual(Object.keys(handles), ["lan", "proxy", "nas"]);
    assert.equal(handles.proxy.type, "labwright:ReverseProxy");
    const { inputs } = lab.get("offer", "labwright:lab:Offer");
    const hosts = inputs["hosts"] as Record<string, { address: string; machineId: string }>;
    assert.deepEqual(
      Object.entries(hosts)
        .map(([name, { address }]) => [name, address])
        .sort(),
      [
        ["nas", "10.77.0.20"],
        ["ns", "10.77.0.53"],
        ["web", "10.77.0.80"],
      ],
    );
    assert.deepEqual(hosts["nas"], handles.nas.connection);
    assert.equal(inputs["force"], undefined);
  });

  it("looks after two hosts of one name", async () => {
    const lab = await recordLab(
      () => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        const two = { name: "box", hostKey: publicKey };
        const one = existingHost({ ...two, address: "10.77.0.8" }, { parent });
        offer({ one, other: existingHost({ ...two, address: "10.77.0.9" }) });
      },
      {
        simulate: ({ type, inputs }) =>
          type === "labwright:host:Machine"
            ? { outputs: { machineId: (inputs["host"] as { address: string }).address } }
            : undefined,
      },
    );
    const hosts = lab.get("offer").inputs["hosts"] as object;
    assert.deepEqual(Object.keys(hosts), ["box", "box 10.77.0.9"]);
  });

  it("waits for what it offers, so that it is deleted before that", async () => {
    const lab = await recordLab(() => void home());
    const made = lab.get("offer", "labwright:lab:Offer");
    for (const name of ["dns-home.arpa", "proxy-service", "nas", "ca", "dns-service"])
      assert.ok(
        lab.resources.some((other) => other.name === name && lab.waitsFor(made, other)),
        name,
      );
  });

  it("refuses at once what cannot be offered", async () => {
    const bad = () =>
      ({
        nothing: undefined,
        vm: { address: "10.77.0.53" },
        handle: host().handle,
        "two words": host(),
      }) as unknown as Parameters<typeof offer>[0];
    await assert.rejects(
      recordLab(() => offer(bad())),
      {
        message: `offer(): 4 problems
  - nothing: give a component that has a handle, such as a zone, a proxy or vm.host
  - vm: give a component that has a handle, such as a zone, a proxy or vm.host
  - handle: give a component that has a handle, such as a zone, a proxy or vm.host
  - things is "two words": use letters, digits and _: other programs write it after a dot`,
      },
    );
  });

  it("lets go with force", async () => {
    const lab = await recordLab(() => void home({ force: true }));
    assert.equal(lab.get("offer").inputs["force"], true);
  });

  it("hands on what another stack offers without looking after it", async () => {
    const outputs = await recordLab(() => outputValue(pulumi.output(home())), { stack: "home" });
    const lab = await recordLab(
      async () => {
        const { lan } = await labReference<typeof home>("home");
        return outputValue(pulumi.output(offer({ lan, box: host() })));
      },
      { stack: "apps", stacks: { home: outputs.value } },
    );
    assert.deepEqual(lab.value.lan, outputs.value.handles.lan);
    const hosts = lab.get("offer").inputs["hosts"] as object;
    assert.deepEqual(Object.keys(hosts), ["box"]);
  });
});
