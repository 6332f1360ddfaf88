/** Runs the lab of the selected stack: `stacks/NAME.ts` for stack NAME, which exports its outputs or an async function. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";

const file = path.join(__dirname, "stacks", `${pulumi.getStack()}.ts`);
if (!existsSync(file))
  throw new pulumi.RunError(
    `Stack ${JSON.stringify(pulumi.getStack())} has no program: write ${path.relative(process.cwd(), file)}, or select another stack`,
  );

type Program = () => unknown;
const lab = createRequire(__filename)(file) as Program | { default?: Program };
const program = typeof lab === "function" ? lab : lab.default;

/** Runs an async program. Frames of the SDK tell nobody anything, and Node takes half a minute to format one. */
async function run(program: Program): Promise<unknown> {
  try {
    return await program();
  } catch (error) {
    if (error instanceof Error && error.stack)
      error.stack = error.stack
        .split("\n")
        .filter((line) => !/[\\/]node_modules[\\/]@pulumi[\\/]/.test(line))
        .join("\n");
    throw error;
  }
}

export = typeof program === "function" ? () => run(program) : lab;
