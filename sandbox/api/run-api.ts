import { readFileSync } from "node:fs";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { startApi } from "./start-api";

const USAGE = `usage: labwright sandbox api --listen ADDRESS:PORT --state DIR [options]

  --token 'root@pam!NAME=UUID'   a token; may be repeated
  --token-file FILE              tokens from a file, one a line
  --password PW                  the password of root@pam
  --password-file FILE           the same from a file
  --time-scale N                 waits as long as on a real node times N (default 0: full speed)
  --node NAME, --node-address ADDRESS/PREFIX, --gateway ADDRESS, --search-domain DOMAIN, --bridge NAME
                                 how the node describes itself (default pve1, 192.0.2.10/24, 192.0.2.1, example.test, vmbr0)
  --verbose                      one line for every request

Arguments can be read by every user of this machine. LABWRIGHT_API_TOKEN and LABWRIGHT_API_PASSWORD, or the files, cannot.
`;

const string = { type: "string" } as const;
const OPTIONS = {
  listen: string,
  state: string,
  token: { ...string, multiple: true },
  "token-file": string,
  password: string,
  "password-file": string,
  "time-scale": string,
  node: string,
  "node-address": string,
  gateway: string,
  "search-domain": string,
  bridge: string,
  verbose: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** An argument that cannot be used; shown without a stack trace. */
class UsageError extends Error {}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function readListen(text: string | undefined): { address: string; port: number } {
  const match = /^\[?([^\]]+)\]?:(\d{1,5})$/.exec(text ?? "");
  if (match === null || Number(match[2]) > 65535)
    throw new UsageError(
      `--listen is ${text === undefined ? "missing" : `"${text}"`}; give ADDRESS:PORT`,
    );
  return { address: match[1] ?? "", port: Number(match[2]) };
}

function readTokens(values: ReturnType<typeof parse>): { id: string; secret: string }[] {
  const file = values["token-file"];
  const lines = file === undefined ? [] : readFileSync(file, "utf8").split("\n");
  const given = [...(values.token ?? []), process.env.LABWRIGHT_API_TOKEN ?? "", ...lines];
  return given
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [, id = "", secret = ""] = /^([^!=\s]+@[^!=\s]+![^=\s]+)=(\S+)$/.exec(line) ?? [];
      if (secret === "") throw new UsageError("a token is not of the form USER@REALM!NAME=SECRET");
      return { id, secret };
    });
}

function readPassword(values: ReturnType<typeof parse>): Record<string, string> {
  const file = values["password-file"];
  const fromFile = file === undefined ? undefined : readFileSync(file, "utf8").replace(/\n$/, "");
  const password = fromFile ?? values.password ?? process.env.LABWRIGHT_API_PASSWORD;
  return password === undefined || password === "" ? {} : { "root@pam": password };
}

function readTimeScale(text = "0"): number {
  const scale = Number(text);
  if (!(scale >= 0)) throw new UsageError(`--time-scale is "${text}"; give 0 or a positive number`);
  return scale;
}

/**
 * `labwright sandbox api`: the API alone, with guests that only pretend. Prints its address when it is ready and ends at
 * SIGTERM or SIGINT. Resolves to the exit status.
 */
export async function runApi(argv: string[]): Promise<number> {
  try {
    const values = parse(argv);
    if (values.help === true) {
      process.stdout.write(USAGE);
      return 0;
    }
    if (values.state === undefined)
      throw new UsageError("--state is missing; give the folder that keeps the state");
    const [address = "192.0.2.10", prefix = "24"] = (values["node-address"] ?? "")
      .split("/")
      .filter((part) => part !== "");
    const asked = Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
    const api = await startApi({
      listen: readListen(values.listen),
      stateDir: values.state,
      node: {
        name: values.node ?? "pve1",
        address,
        prefix: Number(prefix),
        gateway: values.gateway ?? "192.0.2.1",
        searchDomain: values["search-domain"] ?? "example.test",
      },
      bridge: values.bridge,
      tokens: readTokens(values),
      passwords: readPassword(values),
      timeScale: readTimeScale(values["time-scale"]),
      log: values.verbose === true ? (line) => process.stderr.write(`${line}\n`) : undefined,
    });
    process.stdout.write(`${api.url} is ready; certificate SHA-256 ${api.fingerprint}\n`);
    await asked;
    await api.close();
    return 0;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `labwright sandbox api: ${text}\n${error instanceof UsageError ? `\n${USAGE}` : ""}`,
    );
    return error instanceof UsageError ? 2 : 1;
  }
}
