import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import {
  DependencyInfo,
  GetProgramDependenciesResponse,
  type GetProgramDependenciesRequest,
} from "@pulumi/pulumi/proto/language_pb";

interface PackageJson {
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

function readPackage(file: string): PackageJson | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as PackageJson;
  } catch {
    return undefined;
  }
}

/** `pulumi about`: the program's direct dependencies in their installed versions. */
export function programDependencies(
  request: GetProgramDependenciesRequest,
): GetProgramDependenciesResponse {
  const response = new GetProgramDependenciesResponse();
  let folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
  while (!readPackage(join(folder, "package.json")) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  const own = readPackage(join(folder, "package.json"));
  const searchPaths = createRequire(join(folder, "package.json")).resolve.paths("x") ?? [];
  for (const [name, range] of Object.entries({ ...own?.devDependencies, ...own?.dependencies })) {
    const installed = searchPaths
      .map((path) => readPackage(join(path, name, "package.json")))
      .find((found) => found !== undefined);
    const info = new DependencyInfo();
    info.setName(name);
    info.setVersion(installed?.version ?? range);
    response.addDependencies(info);
  }
  return response;
}
