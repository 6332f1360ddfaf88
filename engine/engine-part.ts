/** Where a part of the engine came from. */
export type PartSource =
  /** It was on the machine already: on PATH, or in the person's own Pulumi folder. */
  | "path"
  /** The official release. */
  | "download"
  /** Built here from Go modules. */
  | "built"
  /** A part of labwright itself: its language host for Node programs. */
  | "own"
  /** Not the real plugin: a small one of ours that has the types we use, and no others. */
  | "stand-in";

/** One part of the engine: the CLI, a language host or a plugin. */
export interface EnginePart {
  name: string;
  version: string;
  source: PartSource;
  /** The executable. */
  path: string;
}
