/** Runs the lab of the selected stack: `stacks/NAME.ts` for stack NAME. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";

const file = path.join(__dirname, "stacks", `${pulumi.getStack()}.ts`);
if (!existsSync(file))
  throw new pulumi.RunError(
    `Stack ${JSON.stringify(pulumi.getStack())} has no program: write ${path.relative(process.cwd(), file)}, or select another stack`,
  );

export = createRequire(__filename)(file) as Record<string, unknown>;
