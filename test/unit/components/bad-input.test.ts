import assert from "node:assert/strict";
import { containers } from "./bad-input/containers";
import { databases } from "./bad-input/databases";
import { commands } from "./bad-input/commands";
import { machines } from "./bad-input/machines";
import { names } from "./bad-input/names";
import { passthrough } from "./bad-input/passthrough";
import { several } from "./bad-input/several";
import { sites } from "./bad-input/sites";
import { storage } from "./bad-input/storage";
import { refusal } from "./refusal";

describe("bad input", () => {
  for (const [subject, rows] of Object.entries({
    commands,
    containers,
    databases,
    machines,
    names,
    passthrough,
    sites,
    storage,
    several,
  }))
    describe(subject, () => {
      for (const [fact, program, message] of rows)
        it(`refuses ${fact}`, async () => {
          assert.equal(await refusal(program), message);
        });
    });
});
