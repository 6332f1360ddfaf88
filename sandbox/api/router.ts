import type { Route } from "./routes/call";

interface Branch {
  fixed: Map<string, Branch>;
  /** A `{parameter}`; `tail` takes everything that is left. */
  parameter?: { name: string; branch: Branch; tail: boolean };
  routes: Map<string, Route>;
}

const newBranch = (): Branch => ({ fixed: new Map(), routes: new Map() });

/** Parameters that may contain slashes. */
const TAILS = new Set(["volume", "poolid"]);

/** Finds the route of a path; fixed parts win over parameters. */
export class Router {
  private readonly root = newBranch();

  constructor(routes: Route[]) {
    for (const route of routes) this.add(route);
  }

  private add(route: Route): void {
    let branch = this.root;
    for (const part of route.path.split("/").filter((text) => text !== "")) {
      const name = /^\{([\w-]+)\}$/.exec(part)?.[1];
      if (name === undefined) {
        const next = branch.fixed.get(part) ?? newBranch();
        branch.fixed.set(part, next);
        branch = next;
      } else {
        branch.parameter ??= { name, branch: newBranch(), tail: TAILS.has(name) };
        branch = branch.parameter.branch;
      }
    }
    branch.routes.set(route.method, route);
  }

  /** `path` has decoded parts; undefined when nothing is served there. */
  find(
    method: string,
    path: string[],
  ): { route: Route; parameters: Record<string, string> } | undefined {
    let branch = this.root;
    const parameters: Record<string, string> = {};
    for (const [i, part] of path.entries()) {
      const next = branch.fixed.get(part);
      if (next !== undefined) {
        branch = next;
        continue;
      }
      if (branch.parameter === undefined || /\s/.test(part)) return undefined;
      const { name, tail } = branch.parameter;
      branch = branch.parameter.branch;
      parameters[name] = tail ? path.slice(i).join("/") : part;
      if (tail) break;
    }
    const route = branch.routes.get(method);
    return route === undefined ? undefined : { route, parameters };
  }
}
