import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { Project } from "./project";

const root = path.resolve(__dirname, "../../..");
/** What belongs to the labs of a checkout, and may be edited; everything else is the checkout's own. */
const copied = ["Pulumi.yaml", "index.ts", "stacks", "tsconfig.json", "package.json"];

/**
 * This checkout as the Pulumi project it is, with its stacks copied so that a test can edit them. Project, stack and
 * program are the real ones: `stacks/home.ts` for stack `home`.
 */
export class Checkout extends Project {
  private readonly original: string;

  constructor(stack: string) {
    super("homelab", "", stack);
    for (const name of readdirSync(this.folder))
      rmSync(path.join(this.folder, name), { recursive: true });
    for (const name of readdirSync(root)) {
      const [from, to] = [path.join(root, name), path.join(this.folder, name)];
      if (copied.includes(name) || /^Pulumi\..*yaml$/.test(name))
        cpSync(from, to, { recursive: true });
      else if (!name.startsWith(".")) symlinkSync(from, to);
    }
    this.original = readFileSync(this.program, "utf8");
  }

  private get program(): string {
    return path.join(this.folder, "stacks", `${this.stack}.ts`);
  }

  /** Puts lines at the end of the stack's program, or other texts in the place of some; from the original each time. */
  edit(replacements: Record<string, string> = {}, appended = ""): void {
    let source = this.original;
    for (const [from, to] of Object.entries(replacements)) {
      if (!source.includes(from)) throw new Error(`stacks/${this.stack}.ts has no ${from}`);
      source = source.replace(from, () => to);
    }
    writeFileSync(this.program, source + appended);
  }
}
