import assert from "node:assert/strict";

import { streamProgress } from "../../../engine/progress";

function record(isTTY: boolean): { text: string[]; progress: ReturnType<typeof streamProgress> } {
  const text: string[] = [];
  const progress = streamProgress({ write: (chunk) => text.push(chunk), isTTY, columns: 20 });
  return { text, progress };
}

describe("streamProgress()", () => {
  it("writes a plain line at the start and the end of a step into a log", () => {
    const { text, progress } = record(false);
    progress.step("Building");
    progress.log("hello");
    progress.done("two files");
    assert.deepEqual(text, ["Building ...\n", "hello\n", "Building: done, 0 s (two files)\n"]);
  });

  it("ends the running step when the next one starts", () => {
    const { text, progress } = record(false);
    progress.step("One");
    progress.step("Two");
    progress.failed();
    progress.done();
    assert.deepEqual(text, ["One ...\n", "One: done, 0 s\n", "Two ...\n", "Two: failed, 0 s\n"]);
  });

  it("keeps the updated line within the terminal's width", () => {
    const { text, progress } = record(true);
    progress.step("Building something long");
    progress.log("hello");
    progress.done();
    assert.deepEqual(text.slice(1), [
      "\r\x1b[2K",
      "hello\n",
      "\r\x1b[2KBuilding something ",
      "\r\x1b[2K",
      "Building something long: done, 0 s\n",
    ]);
  });
});
