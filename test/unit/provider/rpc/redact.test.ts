import assert from "node:assert/strict";

import { redact } from "../../../../provider/rpc/redact";

describe("redact()", () => {
  it("takes whole secrets and their lines out", () => {
    const secrets = ["first line\nsecond line\n", "token-1", "token-12"];
    assert.equal(
      redact('line 1: "second line" near token-12 and token-1', secrets),
      'line 1: "[secret]" near [secret] and [secret]',
    );
  });

  it("takes words of a secret out, as programs quote them", () => {
    assert.equal(
      redact('unknown directive "s3cret-token" in x.conf:2', ['a "b";\n  s3cret-token on;\n']),
      'unknown directive "[secret]" in x.conf:2',
    );
  });

  it("leaves what is too short to tell apart", () => {
    assert.equal(redact("an error on line 1", ["on", "1"]), "an error on line 1");
  });
});
