import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { text } from "node:stream/consumers";

import { ssh, type Machine } from "./machine";

/**
 * Looks at every process there is, over and over, until $1 is there, and prints each pattern of the file $2 that an
 * argument or an environment holds. The patterns are in no argument of its own.
 */
const watch = `while [ ! -e "$1" ]; do
  cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -aoFf "$2"
done | sort | uniq -c`;

/** Watches the processes of this side. */
export function watchProcesses(stopFile: string, patternFile: string): () => Promise<string> {
  const child: ChildProcess = spawn("sh", ["-c", watch, "watch", stopFile, patternFile], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const seen = text(child.stdout!);
  return () => seen;
}

/** Watches the processes of a machine; the result is complete when the second call ends. */
export async function watchMachine(machine: Machine, patterns: readonly string[]) {
  const folder = "/root/watch";
  await ssh(
    machine,
    `mkdir -p ${folder} && cd ${folder} && rm -f *
cat >patterns <<'END'
${patterns.join("\n")}
END
cat >watch.sh <<'END'
${watch}
END
setsid sh watch.sh ${folder}/stop ${folder}/patterns >seen 2>&1 </dev/null &
echo $! >pid`,
  );
  return async (): Promise<string> =>
    ssh(
      machine,
      `cd ${folder} && touch stop && while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.1; done; cat seen; rm -r ${folder}`,
    );
}

/** Files below the folders that hold a pattern, searched on a machine; patterns go through standard input. */
export function searchMachine(
  machine: Machine,
  patterns: readonly string[],
  folders: readonly string[],
): Promise<string> {
  return ssh(
    machine,
    `patterns=/search-patterns
cat >$patterns <<'END'
${patterns.join("\n")}
END
for folder in ${folders.join(" ")}; do
  if [ -e "$folder" ]; then find "$folder" -xdev -type f -exec grep -alFf $patterns {} + || :; fi
done
journalctl -o export --no-pager | grep -aoFf $patterns | sed 's/^/journal: /' || :
rm $patterns`,
  );
}

/** Files below the folders of this machine, younger than a file, that hold a pattern. */
export function searchHere(
  patternFile: string,
  folders: readonly string[],
  newerThan: string,
  except: readonly string[],
): Promise<string> {
  const script = `patterns=$1 stamp=$2; shift 2
find "$@" -xdev -type f -newer "$stamp" -size -20M -exec grep -alFf "$patterns" {} + 2>/dev/null || :`;
  const child = spawn("sh", ["-c", script, "search", patternFile, newerThan, ...folders], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return text(child.stdout).then((found) =>
    found
      .split("\n")
      .filter((file) => file !== "" && !except.some((folder) => file.startsWith(folder + path.sep)))
      .join("\n"),
  );
}

/**
 * What the engine and its Node.js SDK themselves write into their debugging logs about every value, secret or not
 * (Pulumi's documentation says so of `--logtostderr`). All other lines are about what plugins do and say.
 */
const enginesOwn = /arshaling property for RPC\[|RegisterResource RPC finished/;

/** A debugging log without the lines in which Pulumi itself tells every value. */
export function withoutEnginesOwn(log: string): string {
  return log
    .split("\n")
    .filter((line) => !enginesOwn.test(line))
    .join("\n");
}

/** Which of the patterns a text holds. */
export function foundIn(content: string, patterns: readonly string[]): string[] {
  return patterns.filter((pattern) => content.includes(pattern));
}

/** Lines of a private key in PEM that no other key has. */
export function ownLines(pem: string): string[] {
  // The first line of base64 is the format's own beginning, up to the public key.
  return pem
    .split("\n")
    .slice(2)
    .filter((line) => line.length > 16 && !line.startsWith("-----"));
}

/** The stack's state as it lies in the backend, and everything beside it. */
export function stateFolder(): string {
  return process.env["PULUMI_BACKEND_URL"]!.replace("file://", "");
}

export const read = (file: string): string => readFileSync(file, "utf8");
