import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const root = path.join(__dirname, "../..");
const cruiser = path.join(root, "node_modules/.bin/depcruise");

interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** What `.dependency-cruiser.cjs` finds wrong in a folder, and how many modules it looked at. */
function cruise(folder: string): Promise<{ violations: Violation[]; modules: number }> {
  const args = [
    "--config",
    path.join(folder, ".dependency-cruiser.cjs"),
    "--output-type",
    "json",
    ".",
  ];
  return new Promise((resolve, reject) => {
    execFile(cruiser, args, { cwd: folder, maxBuffer: 256 << 20 }, (_error, stdout, stderr) => {
      try {
        const { summary } = JSON.parse(stdout) as {
          summary: {
            violations: { rule: { name: string }; from: string; to: string }[];
            totalCruised: number;
          };
        };
        const violations = summary.violations.map(({ rule, from, to }) => ({
          rule: rule.name,
          from,
          to,
        }));
        resolve({ violations, modules: summary.totalCruised });
      } catch (cause) {
        reject(new Error(`depcruise said: ${stdout.slice(0, 500)}${stderr}`, { cause }));
      }
    });
  });
}

describe("layers", () => {
  it("import only downwards, without cycles", async () => {
    const { violations, modules } = await cruise(root);
    assert.deepEqual(violations, []);
    assert.ok(modules > 200, `only ${modules} modules were looked at`);
  });

  describe("in a tree made wrong", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), "labwright-layers-"));
      for (const file of [".dependency-cruiser.cjs", "tsconfig.json"])
        cpSync(path.join(root, file), path.join(folder, file));
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });

    const write = (file: string, text: string) => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), text);
    };

    it("show each import that points up, of types too, each cycle, and each module without a layer", async () => {
      write(
        "validation/port.ts",
        'import type { Vm } from "../components/vm";\nexport type Port = Vm;\n',
      );
      write(
        "components/vm.ts",
        'import { run } from "../provider/run";\nexport class Vm {\n  run = run;\n}\n',
      );
      write("provider/run.ts", 'export { walk as run } from "./walk";\n');
      write("provider/walk.ts", 'import { run } from "./run";\nexport const walk = () => run;\n');
      write("testing/record.ts", 'export { run } from "../provider/run";\n');
      write("utils/string.ts", 'export { walk } from "../provider/walk";\n');
      const { violations } = await cruise(folder);
      assert.deepEqual(violations.map(({ rule, from }) => `${rule}: ${from}`).sort(), [
        "components-imports-only-down: components/vm.ts",
        "every-module-has-a-layer: utils/string.ts",
        "no-cycles: provider/run.ts",
        "testing-imports-only-down: testing/record.ts",
        "validation-imports-only-down: validation/port.ts",
      ]);
    });
  });
});
