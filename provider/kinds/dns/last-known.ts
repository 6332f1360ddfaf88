import { ScriptFailed } from "../../host/errors";
import type { Context } from "../../kind";
import { SERVER_DOWN } from "./tools.render";

/**
 * What `read` sees, or what was known last while the name server of a reachable host does not run: it has not lost
 * anything, and the service's own resource shows that it is down. An error would keep `pulumi up --refresh` from ever
 * starting it again.
 */
export async function seenOrLastKnown<T, P extends T>(
  ctx: Pick<Context, "warn">,
  prior: P | undefined,
  read: () => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!prior || !(error instanceof ScriptFailed) || error.code !== SERVER_DOWN) throw error;
    ctx.warn(`kept as last known, because it cannot be read: ${error.message}`);
    return prior;
  }
}
