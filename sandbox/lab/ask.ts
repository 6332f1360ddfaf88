import { ApiClient } from "./api-client";
import { readCredentials } from "./credentials";
import { network } from "./network";
import { sandboxAt } from "./sandbox";

/** Prints what the lab's API answers to `GET PATH`; runs inside the lab's network. Arguments: sandbox directory, path. */
const [directory = "", path = ""] = process.argv.slice(2);
new ApiClient(network.node, readCredentials(sandboxAt(directory)).apiToken).get(path).then(
  (data) => process.stdout.write(JSON.stringify(data)),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
