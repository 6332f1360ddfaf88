import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** The options below `runtime:` in Pulumi.yaml that Node programs have. */
export interface RuntimeOptions {
  /** Compile the program with ts-node; on unless switched off. */
  typescript: boolean;
  /** Arguments for node itself, separated by blanks. */
  nodeargs: string[];
  /** A tsconfig.json at another place. */
  tsconfig?: string;
  /** The package manager for `pulumi install`; npm unless set. */
  packagemanager: string;
}

export function runtimeOptions(info: ProgramInfo | undefined): RuntimeOptions {
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const text = (key: string): string | undefined => {
    const value = options[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return {
    typescript: options["typescript"] !== false,
    nodeargs: text("nodeargs")?.split(/\s+/).filter(Boolean) ?? [],
    tsconfig: text("tsconfig"),
    packagemanager: text("packagemanager") ?? "npm",
  };
}
