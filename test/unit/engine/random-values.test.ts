import assert from "node:assert/strict";

import fc from "fast-check";

import { formatIssues } from "../../../validation/issue";
import {
  checkRandom,
  randomText,
  randomTypes,
  withDefaults,
} from "../../../engine/stand-ins/random-values";

const password = randomTypes["random:index/randomPassword:RandomPassword"]!;
const randomId = randomTypes["random:index/randomId:RandomId"]!;

describe("randomText()", () => {
  it("has its length and at least the asked-for letters of each class, and no others", () => {
    const least = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 64 }),
        least,
        least,
        least,
        least,
        (length, ...min) => {
          const [minLower, minUpper, minNumeric, minSpecial] = min;
          const inputs = { length, minLower, minUpper, minNumeric, minSpecial };
          const text = randomText(withDefaults(password, inputs));
          const count = (letters: RegExp): number => text.match(letters)?.length ?? 0;
          assert.equal(text.length, length);
          assert.ok(count(/[a-z]/g) >= minLower!);
          assert.ok(count(/[A-Z]/g) >= minUpper!);
          assert.ok(count(/[0-9]/g) >= minNumeric!);
          assert.ok(count(/[^a-zA-Z0-9]/g) >= minSpecial!);
        },
      ),
    );
  });

  it("uses only the classes that are left on, and the given special letters", () => {
    const off = { lower: false, upper: false, numeric: false };
    const text = randomText(withDefaults(password, { length: 50, ...off, overrideSpecial: "-_" }));
    assert.match(text, /^[-_]{50}$/);
  });

  it("draws another one each time", () => {
    const inputs = withDefaults(password, { length: 32 });
    assert.equal(new Set(Array.from({ length: 50 }, () => randomText(inputs))).size, 50);
  });
});

describe("checkRandom()", () => {
  const table: [Record<string, unknown>, string][] = [
    [{}, "length is missing: give a number"],
    [{ length: "8" }, 'length is "8": use a number'],
    [{ length: 0 }, "length is 0: use a whole number from 1"],
    [{ length: 1.5 }, "length is 1.5: use a whole number from 1"],
    [{ length: 4, minLower: 3, minUpper: 2 }, "length is 4: use 5 or more, the sum of min*"],
    [{ length: 4, upper: false, minUpper: 1 }, "minUpper is 1: leave it out or set upper to true"],
    [{ length: 4, size: 5 }, "size: leave it out: there is no such property"],
    [
      { length: 4, lower: false, upper: false, numeric: false, special: false },
      "lower is false: allow at least one class of letters",
    ],
  ];
  for (const [inputs, expected] of table) {
    it(`says of ${JSON.stringify(inputs)}: ${expected}`, () => {
      assert.equal(formatIssues("x", checkRandom(password, inputs)), `x: ${expected}`);
    });
  }

  it("does not judge a value that is not known yet", () => {
    assert.deepEqual(checkRandom(password, { length: undefined }), []);
    assert.deepEqual(checkRandom(randomId, { byteLength: undefined }), []);
  });
});

describe("RandomId", () => {
  it("tells the same bytes in every notation", () => {
    const { id, outputs } = randomId.make({ byteLength: 6, prefix: "p-" });
    const bytes = Buffer.from(id, "base64url");
    assert.equal(bytes.length, 6);
    assert.deepEqual(outputs, {
      b64Std: `p-${bytes.toString("base64")}`,
      b64Url: `p-${id}`,
      dec: `p-${BigInt(`0x${bytes.toString("hex")}`)}`,
      hex: `p-${bytes.toString("hex")}`,
    });
  });
});
