import assert from "node:assert/strict";
import { encodeForm, parseJson, PASSWORD, TOKEN } from "../../conformance/client";
import { ApiUnderTest, messageOf } from "./api-under-test";

describe("credentials of the API", () => {
  let api: ApiUnderTest;
  before(async () => {
    api = await ApiUnderTest.start();
  });
  after(() => api.stop());

  const login = async (form: Record<string, string>) =>
    api.call("POST", "/access/ticket", form, {});
  const session = async () => {
    const answer = await login({ username: "root@pam", password: PASSWORD });
    return (parseJson(answer.text) as { data: { ticket: string; CSRFPreventionToken: string } })
      .data;
  };

  const refused: [string, Record<string, string>, string][] = [
    ["nothing", {}, "No ticket"],
    ["another scheme", { Authorization: "Bearer abc" }, "No ticket"],
    [
      "a token with a wrong secret",
      { Authorization: `PVEAPIToken=${TOKEN.id}=00000000-0000-4000-8000-000000000000` },
      "Authentication failed!",
    ],
    [
      "a token without a secret",
      { Authorization: `PVEAPIToken=${TOKEN.id}` },
      "Authentication failed!",
    ],
    [
      "a token that does not exist",
      { Authorization: `PVEAPIToken=root@pam!nope=${TOKEN.secret}` },
      "Authentication failed!",
    ],
    [
      "a token named like what every object has",
      { Authorization: "PVEAPIToken=root@pam!constructor=x" },
      "Authentication failed!",
    ],
    [
      "a user named like what every object has",
      { Authorization: "PVEAPIToken=constructor!constructor=x" },
      "Authentication failed!",
    ],
    [
      "a made-up ticket",
      { Cookie: "PVEAuthCookie=PVE:root@pam:00000000::bogus" },
      "Authentication failed!",
    ],
    [
      "a cookie that cannot be decoded",
      { Cookie: "PVEAuthCookie=%E0%A4%A" },
      "Authentication failed!",
    ],
    [
      "a good token beside a bad ticket",
      { Authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}`, Cookie: "PVEAuthCookie=PVE:x" },
      "Authentication failed!",
    ],
  ];
  for (const [what, headers, reason] of refused)
    it(`${what}: 401 ${reason}`, async () => {
      const answer = await api.call("GET", "/nodes", undefined, headers);
      assert.deepEqual([answer.status, answer.reason, answer.text], [401, reason, ""]);
    });

  it("refuses a wrong password and an unknown user with the same text", async () => {
    for (const form of [
      { username: "root@pam", password: "wrong" },
      { username: "ghost@pve", password: "wrong-one" },
      { username: "root@nope", password: PASSWORD },
    ]) {
      const answer = await login(form);
      assert.equal(answer.status, 401);
      assert.equal(messageOf(answer), "authentication failure\n");
    }
  });

  it("lets a ticket read, and change only with its CSRF prevention token", async () => {
    const { ticket, CSRFPreventionToken } = await session();
    const cookie = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` };
    assert.equal((await api.call("GET", "/nodes", undefined, cookie)).status, 200);
    const without = await api.call("POST", "/pools", { poolid: "p1" }, cookie);
    assert.deepEqual(
      [without.status, without.reason],
      [401, "Permission denied - invalid csrf token"],
    );
    const wrong = await api.call(
      "POST",
      "/pools",
      { poolid: "p1" },
      { ...cookie, CSRFPreventionToken: "6920AAAA:bogus" },
    );
    assert.equal(wrong.status, 401);
    const good = await api.call(
      "POST",
      "/pools",
      { poolid: "p1" },
      { ...cookie, CSRFPreventionToken },
    );
    assert.equal(good.status, 200);
  });

  it("does not take a ticket that was signed for somebody else's name", async () => {
    const { ticket } = await session();
    const forged = ticket.replace("root@pam", "toor@pam");
    const answer = await api.call("GET", "/nodes", undefined, {
      Cookie: `PVEAuthCookie=${encodeURIComponent(forged)}`,
    });
    assert.equal(answer.status, 401);
  });

  it("takes a good ticket as the password, which renews it", async () => {
    const { ticket } = await session();
    assert.equal((await login({ username: "root@pam", password: ticket })).status, 200);
  });

  it("keeps no secret in its state folder in the clear, and tickets good across a restart", async () => {
    const { ticket } = await session();
    await api.restart();
    const cookie = { Cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` };
    assert.equal((await api.call("GET", "/nodes", undefined, cookie)).status, 200);
    const { execFileSync } = await import("node:child_process");
    for (const secret of [TOKEN.secret, PASSWORD])
      assert.throws(
        () => execFileSync("grep", ["-rqF", secret, api.stateDir]),
        "found in the state folder",
      );
  });

  it("refuses a body that is too large, broken JSON and other content types", async () => {
    const headers = { Authorization: `PVEAPIToken=${TOKEN.id}=${TOKEN.secret}` };
    const send = (type: string, body: Buffer) =>
      api.client.send({
        method: "POST",
        path: "/api2/json/pools",
        headers: { ...headers, "Content-Type": type },
        body,
      });
    assert.equal((await send("application/json", Buffer.from("{bad"))).status, 500);
    assert.equal((await send("text/xml", Buffer.from("<x/>"))).status, 506);
    const large = encodeForm({ poolid: "big", comment: "x".repeat(600_000) });
    assert.equal((await send("application/x-www-form-urlencoded", large)).status, 501);
  });
});
