import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";

import { isStopping, startChild } from "./child-processes";
import { runtimeOptions, type RuntimeOptions } from "./runtime-options";

/** The SDK's exit code for "failed, and the person has been told why" (its cmd/run/index.js). */
const alreadyReported = 32;

/** Path of one of the SDK's runners, in the SDK that the program itself uses. */
export function sdkRunner(runner: "run" | "run-plugin", programDirectory: string): string {
  try {
    return require.resolve(`@pulumi/pulumi/cmd/${runner}`, { paths: [programDirectory] });
  } catch {
    throw new Error(
      `@pulumi/pulumi is not installed for the program in ${programDirectory}; run: npm install`,
    );
  }
}

/** Variables that tell the SDK's runner how to load the program. */
export function runnerEnvironment(options: RuntimeOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript),
  };
  // Type checking takes seconds on every run, and editors and CI do it already.
  env.PULUMI_NODEJS_TRANSPILE_ONLY ??= "true";
  if (options.tsconfig !== undefined) env.PULUMI_NODEJS_TSCONFIG_PATH = options.tsconfig;
  return env;
}

/** Runs a Pulumi program to its end. Its output and its registrations go to the engine directly. */
export async function runProgram(request: RunRequest, engineAddress: string): Promise<RunResponse> {
  const info = request.getInfo();
  if (!info) throw new Error("the engine did not say which program to run");
  const options = runtimeOptions(info);
  const directory = info.getProgramDirectory();

  const flags: [string, string][] = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["stack", request.getStack()],
    ["root-directory", info.getRootDirectory()],
    ["pwd", request.getPwd()],
    ["parallel", String(request.getParallel())],
  ];
  const args = [...options.nodeargs];
  if (request.getAttachDebugger()) args.push("--inspect-brk=127.0.0.1:0");
  args.push(sdkRunner("run", directory));
  for (const [flag, value] of flags) if (value !== "") args.push(`--${flag}`, value);
  if (request.getDryrun()) args.push("--dry-run");
  args.push(info.getEntryPoint() || ".", ...request.getArgsList());

  const { ended } = startChild(process.execPath, args, {
    cwd: directory,
    // A program has nobody to ask; its output reaches the person through the engine.
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...runnerEnvironment(options),
      // Secret values are in here, as in Pulumi's own host: never on the command line.
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  return runResponse(await ended);
}

function runResponse(ended: { code: number | null; signal: string | null }): RunResponse {
  const response = new RunResponse();
  if (ended.code === 0) return response;
  if (ended.code === alreadyReported || isStopping()) response.setBail(true);
  else if (ended.signal) response.setError(`program was ended by ${ended.signal}`);
  else response.setError(`program exited with non-zero exit code: ${ended.code}`);
  return response;
}
