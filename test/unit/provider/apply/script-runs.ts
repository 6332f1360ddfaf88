import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { prelude } from "../../../../provider/host/prelude";
import { parseFields, renderScript } from "../../../../provider/host/script-text";

/** The shells of this machine that hosts have as sh. */
export const shells = [["dash"], ["bash", "--posix"], ["busybox", "sh"]].filter(
  ([program, ...words]) => spawnSync(program!, [...words, "-c", ":"]).status === 0,
);

/** Runs scripts as the agent does, with a folder of its own in place of the host's. */
export class ScriptRuns {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "labwright-apply-"));
  private runs = 0;

  constructor(private readonly shell: readonly string[]) {
    const folders = { state: this.at("state"), run: this.at("run") };
    fs.writeFileSync(this.at("prelude"), prelude(folders));
  }

  at(name: string): string {
    return path.join(this.root, name);
  }

  read(name: string): string {
    return fs.readFileSync(this.at(name), "utf8");
  }

  /** Names of the ledger's entries. */
  ledger(): string[] {
    const folder = this.at("state/ledger");
    return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  }

  /** The text of the ledger's only entry. */
  entry(): string {
    return this.read(`state/ledger/${this.ledger()[0]!}`);
  }

  script(text: string, files: Record<string, string> = {}) {
    const { script, input } = renderScript({ text, files });
    const id = String(++this.runs);
    fs.writeFileSync(this.at(`${id}.sh`), script);
    fs.writeFileSync(this.at(`${id}.in`), input);
    const [program, ...words] = this.shell as [string, ...string[]];
    const args = [...words, this.at(`${id}.sh`), this.root, id];
    const result = spawnSync(program, args, { timeout: 20_000 });
    const stderr = result.stderr.toString();
    return { code: result.status, signal: result.signal, stderr, ...parseFields(result.stdout) };
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}
