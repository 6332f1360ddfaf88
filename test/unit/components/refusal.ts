import assert from "node:assert/strict";
import { recordLab } from "../../../testing";

/**
 * Runs a program whose last component must refuse its arguments, and gives the message. Nothing of that component may
 * have been asked of the engine: it has no children, and was the last thing registered.
 */
export async function refusal(program: () => unknown): Promise<string> {
  const lab = await recordLab(() => {
    try {
      program();
    } catch (error) {
      assert.ok(error instanceof Error);
      return error.message;
    }
    throw new Error("The program was not refused");
  });
  const subject = /^(\w+) "([^"]*)"/.exec(lab.value);
  assert.ok(subject, `no component named in: ${lab.value}`);
  const refused = lab.resources.filter(
    ({ type, name }) => type.endsWith(`:${subject[1]}`) && name === subject[2],
  );
  for (const component of refused.slice(-1)) assert.deepEqual(lab.childNames(component), []);
  return lab.value;
}
