import assert from "node:assert/strict";

import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { Foreign, Secret, UNKNOWN, type Value } from "../../../../provider/rpc/value";
import { decode, encode } from "../../../../provider/rpc/wire";

const signature = "4dabf18193072939515e22adb298388d";
const struct = (properties: object) => Struct.fromJavaScript(properties as never);

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.boolean(),
    fc.constant(UNKNOWN as Value),
    tie("value").map((inner) => new Secret(inner)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe("wire", () => {
  it("gives back what it encoded, secrets and unknowns in place", () => {
    fc.assert(
      fc.property(value, (content) => {
        // Through bytes, as the engine has it.
        const bytes = encode({ content }).serializeBinary();
        assert.deepEqual(decode(Struct.deserializeBinary(bytes)), { content });
      }),
    );
  });

  it("reads an output value as its value, its secrecy, or unknown", () => {
    const output = (about: object) => ({
      [signature]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
      ...about,
    });
    assert.deepEqual(
      decode(
        struct({
          plain: output({ value: "a", dependencies: ["urn:x"] }),
          hidden: output({ value: "b", secret: true }),
          unknown: output({ dependencies: [] }),
        }),
      ),
      { plain: "a", hidden: new Secret("b"), unknown: UNKNOWN },
    );
  });

  it("reads every kind of unknown as unknown", () => {
    const unknown = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";
    assert.deepEqual(decode(struct({ list: unknown })), { list: UNKNOWN });
  });

  it("keeps assets and resources apart from strings", () => {
    const asset = { [signature]: "c44067f5952c0a294b673a41bacd8c17", text: "x" };
    const resource = { [signature]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:x" };
    assert.deepEqual(decode(struct({ asset, resource })), {
      asset: new Foreign("an asset"),
      resource: new Foreign("a resource"),
    });
  });

  it("takes null for not given", () => {
    assert.deepEqual(decode(struct({ a: null, b: { c: null, d: 1 } })), { b: { d: 1 } });
  });
});
