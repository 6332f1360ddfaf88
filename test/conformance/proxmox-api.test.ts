import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startApi } from "../../sandbox/api";
import { Client, PASSWORD, TOKEN } from "./client";
import { startImageServer, RECORDED_SERVER } from "./image-server";
import { KNOWN_DIFFERENCES, MATCHES_AT_LEAST } from "./known-differences";
import { readScenarios, type Scenario } from "./recording";
import { Replay, type Outcome } from "./replay";

/** Waits and recorded pauses are a fifth of what they were. */
const TIME_SCALE = 0.2;

async function replay(scenario: Scenario): Promise<Outcome[]> {
  const stateDir = mkdtempSync(path.join(tmpdir(), "conformance-"));
  const images = await startImageServer();
  const api = await startApi({
    listen: { address: "127.0.0.1", port: 0 },
    stateDir,
    node: {
      name: "pve1",
      address: "192.0.2.10",
      gateway: "192.0.2.1",
      searchDomain: "example.test",
    },
    tokens: [TOKEN],
    passwords: { "root@pam": PASSWORD },
    timeScale: TIME_SCALE,
    devices: { "/dev/disk/by-id/ata-FAKE_123": 8 * 2 ** 20 },
  });
  const client = new Client(api.port, api.certificatePem);
  try {
    const addresses: [string, string][] = [
      [RECORDED_SERVER, images.host],
      ["192.0.2.1:1/", "127.0.0.1:1/"],
      ["192.0.2.1:1 ", "127.0.0.1:1 "],
      ["192.0.2.1:1.", "127.0.0.1:1."],
      [encodeURIComponent(RECORDED_SERVER), encodeURIComponent(images.host)],
      ["192.0.2.1%3A1%2F", "127.0.0.1%3A1%2F"],
    ];
    return await new Replay(scenario, { client, pauses: TIME_SCALE, addresses }).run();
  } finally {
    client.close();
    images.close();
    await api.close();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

const short = (value: unknown): string => (JSON.stringify(value) ?? "(missing)").slice(0, 160);

function describeOutcome({ exchange, differences }: Outcome): string {
  const lines = differences
    .slice(0, 6)
    .map(({ at, expected, actual }) => `      ${at}: ${short(expected)} became ${short(actual)}`);
  return `${String(exchange.step)} ${exchange.method} ${exchange.path}\n${lines.join("\n")}`;
}

describe("the Proxmox VE API answers as a real node did", function () {
  this.timeout(120_000);
  const totals = { match: 0, different: 0, skipped: 0 };

  for (const scenario of readScenarios()) {
    it(`${scenario.scenario}: ${scenario.about}`, async function () {
      const outcomes = await replay(scenario);
      const count = (verdict: Outcome["verdict"]): number =>
        outcomes.filter((outcome) => outcome.verdict === verdict).length;
      const counts = {
        match: count("match"),
        different: count("different"),
        skipped: count("skipped"),
      };
      for (const verdict of ["match", "different", "skipped"] as const)
        totals[verdict] += counts[verdict];
      console.log(
        `      ${scenario.scenario}: ${String(counts.match)} match, ${String(counts.different)} do not, ` +
          `${String(counts.skipped)} are not compared`,
      );
      const known = KNOWN_DIFFERENCES[scenario.scenario] ?? {};
      for (const [step, why] of Object.entries(known)) console.log(`        ${step}: ${why}`);
      const unknown = outcomes.filter(
        ({ verdict, exchange }) => verdict === "different" && known[exchange.step] === undefined,
      );
      const solved = outcomes.filter(
        ({ verdict, exchange }) => verdict === "match" && known[exchange.step] !== undefined,
      );
      assert.equal(unknown.map(describeOutcome).join("\n"), "", "answers differ that did not");
      assert.deepEqual(
        solved.map(({ exchange }) => exchange.step),
        [],
        "known differences that are none any more: take them out",
      );
    });
  }

  after(function () {
    const compared = totals.match + totals.different;
    const share = compared === 0 ? 0 : (100 * totals.match) / compared;
    console.log(
      `      ${String(totals.match)} of ${String(compared)} exchanges match (${share.toFixed(1)} %), ` +
        `${String(totals.skipped)} are not compared`,
    );
    assert.ok(
      totals.match >= MATCHES_AT_LEAST,
      `fewer than ${String(MATCHES_AT_LEAST)} exchanges match`,
    );
  });
});
