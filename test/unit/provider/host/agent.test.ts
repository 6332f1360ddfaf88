import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { shellSource } from "../../../../provider/host/shell-source";

/** Feeds the agent bytes, gives it time to act on them, and then ends its input, as a cut connection does. */
async function feed(frames: (folder: string) => string): Promise<{ folder: string; out: string }> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "labwright-agent-"));
  const child = spawn("sh", { stdio: ["pipe", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (data: Buffer) => {
    // Nothing may be sent before the agent is ready: the shell reads ahead.
    if (out === "") {
      child.stdin.write(frames(folder));
      setTimeout(() => child.stdin.end(), 300);
    }
    out += data.toString();
  });
  const source = shellSource("host/machine-id.sh") + shellSource("host/agent.sh");
  child.stdin.write(`${source}agent nonce; exit\n`);
  await new Promise((resolve) => child.on("close", resolve));
  return { folder, out };
}

const frame = (id: number, script: string, input = "") =>
  `run ${id} 1 5 ${Buffer.byteLength(script)} ${Buffer.byteLength(input)}\n${script}${input}end ${id}\n`;

describe("the agent", () => {
  it("runs a frame that is complete", async () => {
    const { folder, out } = await feed((at) => frame(1, `: >${at}/done; echo said; exit 4`));
    assert.ok(fs.existsSync(path.join(folder, "done")));
    assert.match(out, /^\nready nonce \w+ \S+\nres 1 4 5 0\nsaid\nend 1\n$/);
    fs.rmSync(folder, { recursive: true });
  });

  it("never runs a frame that was cut anywhere", async () => {
    const whole = (at: string) => frame(1, `: >${at}/done`, "some input\n");
    const length = whole("/tmp/labwright-agent-XXXXXX").length;
    for (let cut = 1; cut < length; cut += 9) {
      const { folder } = await feed((at) => whole(at).slice(0, cut));
      assert.ok(!fs.existsSync(path.join(folder, "done")), `cut after ${cut} bytes`);
      fs.rmSync(folder, { recursive: true });
    }
  }).timeout(60_000);

  it("stops at a frame that is out of step", async () => {
    const { folder } = await feed(
      (at) => `${frame(1, "true").replace("end 1", "end 7")}${frame(2, `: >${at}/done`)}`,
    );
    assert.ok(!fs.existsSync(path.join(folder, "done")));
    fs.rmSync(folder, { recursive: true });
  });
});
