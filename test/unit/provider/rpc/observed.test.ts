import assert from "node:assert/strict";

import { assembleState, observedInputs, previewOutputs } from "../../../../provider/rpc/observed";
import { type Properties, Secret, UNKNOWN } from "../../../../provider/rpc/value";
import { fileKind } from "../../../../provider/kinds/host/file/kind";
import { machineKind } from "../../../../provider/kinds/host/machine/kind";
import { host, thingKind } from "./thing-kind";

const prior: Properties = { name: "a", size: 3, tags: new Secret(["x"]), on: true };

describe("observedInputs()", () => {
  it("keeps the secret mark of what is as it was", () => {
    assert.deepEqual(observedInputs(thingKind, prior, { tags: ["x"] }), prior);
  });

  it("marks a secret that drifted", () => {
    const { tags } = observedInputs(thingKind, prior, { tags: ["y"] });
    assert.deepEqual(tags, new Secret(["y"]));
  });

  it("marks what is always secret", () => {
    const { token } = observedInputs(thingKind, { ...prior, token: "t" }, { token: "u" });
    assert.deepEqual(token, new Secret("u"));
  });

  it("leaves out what the program leaves to the host", () => {
    assert.deepEqual(observedInputs(thingKind, prior, { note: "seen" }), prior);
  });

  it("keeps what cannot be seen, and drops what is gone", () => {
    const seen = observedInputs(thingKind, { ...prior, note: "n" }, { size: 5, note: undefined });
    assert.deepEqual(seen, { ...prior, size: 5 });
  });
});

describe("assembleState()", () => {
  it("marks outputs that are secret by schema", () => {
    const outputs = { address: "here", notAfter: "soon", password: "p" };
    assert.deepEqual(assembleState(thingKind, { name: "a" }, outputs), {
      name: "a",
      address: "here",
      notAfter: "soon",
      password: new Secret("p"),
    });
  });
});

describe("what can be guessed from a secret", () => {
  it("is a secret too, in state and in previews", () => {
    const secret = { content: new Secret("s") };
    assert.deepEqual(assembleState(fileKind, secret, { sha256: "d" }).sha256, new Secret("d"));
    assert.deepEqual(previewOutputs(fileKind, secret).sha256, new Secret(UNKNOWN));
    assert.equal(assembleState(fileKind, { content: "c" }, { sha256: "d" }).sha256, "d");
  });
});

describe("previewOutputs() of a machine", () => {
  const old = { host, waitForCloudInit: true, machineId: "one", hostname: "a" };

  it("knows which machine it is, so that nothing on it seems to be replaced", () => {
    const { machineId, hostname } = previewOutputs(
      machineKind,
      { host, waitForCloudInit: false },
      old,
    );
    assert.equal(machineId, "one");
    assert.equal(hostname, UNKNOWN);
  });

  it("does not when the way to it changes", () => {
    const moved = { host: { ...host, address: "10.0.0.2" }, waitForCloudInit: true };
    assert.equal(previewOutputs(machineKind, moved, old).machineId, UNKNOWN);
  });
});

describe("previewOutputs()", () => {
  it("shows what an update never changes, and nothing else", () => {
    const old = { address: "here", notAfter: "soon", password: new Secret("p") };
    assert.deepEqual(previewOutputs(thingKind, {}, old), {
      address: "here",
      notAfter: UNKNOWN,
      password: new Secret(UNKNOWN),
    });
    assert.deepEqual(previewOutputs(thingKind, {}).address, UNKNOWN);
  });
});
