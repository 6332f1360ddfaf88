import assert from "node:assert/strict";
import { IssueList } from "../../../validation/checker";
import { formatIssue, formatIssues } from "../../../validation/issue";
import { checkPort } from "../../../validation/number";

describe("formatIssues()", () => {
  it("puts one issue on the subject's line, and several on their own", () => {
    const port = { field: "port", value: 0, fix: "use 1-65535" };
    const name = { field: "name", value: undefined, fix: "give one" };
    assert.equal(formatIssues("Site", [port]), "Site: port is 0: use 1-65535");
    assert.equal(
      formatIssues("Site", [port, name]),
      "Site: 2 problems\n  - port is 0: use 1-65535\n  - name is missing: give one",
    );
  });

  it("keeps a hostile value on one line", () => {
    assert.equal(
      formatIssue({ field: "name", value: 'a"\n  - b', fix: "no" }),
      'name is "a\\"\\n  - b": no',
    );
  });
});

describe("IssueList", () => {
  it("collects every issue with its field, and no value that is secret", () => {
    const issues = new IssueList();
    assert.equal(issues.check("a", 80, checkPort), true);
    assert.equal(issues.check("b", 0, checkPort), false);
    assert.equal(issues.checkOptional("c", undefined, checkPort), true);
    assert.equal(issues.checkEach("d", [1, 0, "x"], checkPort), false);
    assert.equal(issues.checkEach("e", "80", checkPort), false);
    issues.addSecret("f", "use another");
    assert.deepEqual(issues.issues.map(formatIssue), [
      "b is 0: use 1-65535",
      "d[1] is 0: use 1-65535",
      'd[2] is "x": use 1-65535',
      'e is "80": use a list',
      "f: use another",
    ]);
    assert.equal(issues.empty, false);
  });
});
