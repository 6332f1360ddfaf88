import { isRoot, type Identity } from "../access/permissions";
import { authId } from "../access/permissions";
import type { Parameters } from "../http/request-body";
import type { UploadedFile } from "../http/upload";
import type { PveNode } from "../node";
import type { Task } from "../tasks/task-manager";

/** One checked call of a method. */
export class Call {
  constructor(
    readonly node: PveNode,
    readonly who: Identity,
    readonly parameters: Parameters,
    readonly url: string,
    /** The file of an upload. */
    readonly file?: UploadedFile,
  ) {}

  /** A parameter that may be missing. */
  optional(name: string): string | undefined {
    const value = this.parameters[name];
    return Array.isArray(value) ? value[0] : value;
  }
  text(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw new Error(`parameter ${name} is not optional here`);
    return value;
  }
  flag(name: string): boolean {
    return this.optional(name) === "1";
  }
  integer(name: string): number | undefined {
    const value = this.optional(name);
    return value === undefined ? undefined : Number(value);
  }
  get vmid(): number {
    return Number(this.text("vmid"));
  }
  get isRoot(): boolean {
    return isRoot(this.who);
  }
  /** All parameters but those of the path and those named. */
  without(...names: string[]): Record<string, string> {
    const rest = Object.entries(this.parameters).filter(
      ([name]) => !["node", "vmid", ...names].includes(name),
    );
    return Object.fromEntries(
      rest.map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]),
    );
  }
  /** Starts a task in the caller's name and gives its UPID. */
  task(type: string, id: string, worker: (task: Task) => Promise<void>): string {
    return this.node.tasks.start(type, id, authId(this.who), worker);
  }
}

/** A list with its `total` beside it; an empty one comes without. */
export class Listing {
  constructor(
    readonly data: unknown[],
    readonly total: number,
  ) {}
}

export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** As in the schema: `/nodes/{node}/qemu/{vmid}/config`. */
  path: string;
  handler: (call: Call) => unknown;
  /** An upload: the body is a form with a file. */
  takesFile?: boolean;
}

/** A folder of the API that only lists what is below. */
export const index = (path: string, key: string, names: string[]): Route => ({
  method: "GET",
  path,
  handler: () => names.map((name) => ({ [key]: name })),
});
