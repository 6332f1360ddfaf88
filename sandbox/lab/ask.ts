import { text } from "node:stream/consumers";
import { ApiClient } from "./api-client";
import { readCredentials } from "./credentials";
import { network } from "./network";
import { sandboxAt } from "./sandbox";

/** One call of the lab's API: what {@link ApiClient} is told. */
export interface ApiCall {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  form?: Record<string, string | number>;
}

/**
 * Makes a call of the lab's API as its root and prints the answer; a task is waited for. Runs inside
 * the lab's network. Argument: the sandbox directory. Standard input: an {@link ApiCall} as JSON.
 */
async function ask(directory: string): Promise<void> {
  const { method, path, form } = JSON.parse(await text(process.stdin)) as ApiCall;
  const api = new ApiClient(network.node, readCredentials(sandboxAt(directory)).apiToken);
  const data = method === "GET" ? await api.get(path) : await api.send(method, path, form);
  process.stdout.write(JSON.stringify(data ?? null));
}

ask(process.argv[2] ?? "").catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
