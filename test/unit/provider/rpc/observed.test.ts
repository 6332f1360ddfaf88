import assert from "node:assert/strict";

import { assembleState, observedInputs, previewOutputs } from "../../../../provider/rpc/observed";
import { type Properties, Secret, UNKNOWN } from "../../../../provider/rpc/value";
import { thingKind } from "./thing-kind";

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
