import { decode, encode } from "../../../apply/ownership";
import { describeHost } from "../../../host/errors";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import type { Context } from "../../../kind";
import type { InputsOf } from "../../../schema";
import type { offerSchema } from "./schema";

type OfferedHost = InputsOf<typeof offerSchema>["hosts"][string];

/** A thing that another stack has on a host of this one. */
export interface Use {
  /** `PROJECT/STACK`. */
  stack: string;
  /** Kind's token. */
  kind: string;
  physical: string;
  /** The host, as errors name it. */
  host: string;
}

/** What other stacks have on these hosts, by their ledgers. Rejects when one cannot be asked, with all that cannot. */
export async function findUses(
  ctx: Context,
  hosts: Readonly<Record<string, OfferedHost>>,
): Promise<Use[]> {
  const asked = await Promise.allSettled(
    Object.values(hosts).map(async (connection) => {
      const { fields } = await ctx.hostAt(connection).query({
        step: "look for what other stacks have here",
        // Another machine at its address: the one that was offered is gone, and all that was on it.
        text: `${shellSource("kinds/lab/offer/users.sh")}
[ "$(machine_id)" = ${quote(connection.machineId)} ] || exit 0
other_users ${quote(encode(ctx.stack))} >"$in/users"
field_file users "$in/users"`,
      });
      return parseUses(fields.users ?? "", describeHost(connection));
    }),
  );
  const failures = asked.flatMap((one) => (one.status === "rejected" ? [one.reason as Error] : []));
  if (failures.length > 0)
    throw new Error(
      `cannot look whether other stacks use what this one offers: ${failures.map(({ message }) => message).join("; ")}; ` +
        `make it reachable; or, when it is gone for good, ${LET_GO}`,
    );
  return asked.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
}

const LET_GO = "set force: true in offer() and run `pulumi up` first";

/** Most things that are named of one stack. */
const NAMED = 20;

/** Why a stack is not taken away, in words; undefined when nobody uses it. Pure. */
export function describeUses(uses: readonly Use[]): string | undefined {
  if (uses.length === 0) return undefined;
  const byStack = new Map<string, string[]>();
  for (const { stack, kind, physical, host } of uses) {
    const things = byStack.get(stack) ?? [];
    byStack.set(stack, [...things, `${kind.replace(/^labwright:/, "")} ${physical} on ${host}`]);
  }
  const lines = [...byStack].sort().map(([stack, things]) => {
    const more = things.length > NAMED ? `, and ${things.length - NAMED} more` : "";
    return `stack ${stack} has ${things.sort().slice(0, NAMED).join(", ")}${more}`;
  });
  const names = [...byStack.keys()].sort().map((stack) => stack.split("/").at(-1)!);
  return (
    `other stacks use what this one offers: ${lines.join("; ")}. ` +
    `Destroy them first (${names.map((name) => `pulumi destroy --stack ${name}`).join(", ")}); ` +
    `or, to leave their things behind, ${LET_GO}`
  );
}

function parseUses(lines: string, host: string): Use[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [stack = "", kind = "", physical = ""] = line.split(" ").map(decode);
      return { stack, kind, physical, host };
    });
}
