import { execFileSync } from "node:child_process";
import * as os from "node:os";
import * as path from "node:path";

import { packageRoot } from "../../engine/package-root";

/** What the figures were taken on. */
export function machineFacts(): [string, string][] {
  const cpus = os.cpus();
  const labwright = path.join(packageRoot, "bin/labwright");
  const engine = JSON.parse(
    execFileSync(labwright, ["engine", "--json"], { encoding: "utf8" }),
  ) as { parts: { name: string; version: string; source: string }[] };
  return [
    ["Date", new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC"],
    ["Processor", `${cpus[0]?.model.trim() ?? "unknown"}, ${cpus.length} cores`],
    ["Memory", `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`],
    ["System", `${os.type()} ${os.release()} ${os.arch()}`],
    ["Node.js", process.version],
    [
      "Engine",
      engine.parts.map((part) => `${part.name} ${part.version} (${part.source})`).join(", "),
    ],
    [
      "Load before",
      os
        .loadavg()
        .map((load) => load.toFixed(1))
        .join(", ") + " (1, 5, 15 minutes)",
    ],
  ];
}
