import assert from "node:assert/strict";
import { busyMilliseconds } from "../../../tools/bench/provider-log";
import { renderReport } from "../../../tools/bench/report";
import { median, ratio, seconds, spread } from "../../../tools/bench/statistics";

describe("median()", () => {
  it("is the middle, whatever the order", () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([7]), 7);
  });
});

describe("spread()", () => {
  it("shows the median with the lowest and the highest, to three digits", () => {
    assert.equal(spread([1.234, 1.1, 9.876]), "1.23 (1.10 to 9.88)");
    assert.equal(spread([123.4, 99.95, 10.04]), "100.0 (10.0 to 123)");
  });
  it("says so when there was one run", () => {
    assert.equal(seconds([1500]), "1.50 (one run)");
  });
});

describe("ratio()", () => {
  it("divides medians", () => {
    assert.equal(ratio([3, 3, 90], [2, 2, 1]), "1.50");
  });
});

describe("busyMilliseconds()", () => {
  const call = (end: number, ms: number) => ({
    event: "rpc",
    time: new Date(1_000_000 + end).toISOString(),
    ms,
  });
  it("counts calls that overlap once, and gaps not at all", () => {
    assert.equal(
      busyMilliseconds([call(100, 100), call(90, 40), call(150, 100), call(500, 10)]),
      160,
    );
  });
  it("looks at calls of the engine alone", () => {
    assert.equal(busyMilliseconds([{ event: "connect", time: new Date().toISOString() }]), 0);
  });
});

describe("renderReport()", () => {
  it("is Markdown with a table for each section, and says what is missing", () => {
    const text = renderReport(
      [["Date", "today"]],
      [
        {
          title: "Clones",
          about: "Some.",
          columns: ["", "seconds"],
          rows: [["a | b", "1.00 (one run)"]],
          failures: ["`pulumi` ended with 1\nand more"],
        },
      ],
    );
    assert.match(text, /^# Benchmarks\n/);
    assert.match(text, /\| Date \| today \|/);
    assert.match(
      text,
      /## Clones\n\nSome\.\n\n\| {2}\| seconds \|\n\| --- \| --- \|\n\| a \\\| b \| 1\.00/,
    );
    assert.match(text, /Not measured: `'pulumi' ended with 1`\n/);
  });
});
