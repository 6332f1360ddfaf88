/** The type that this stand-in has. */
export const commandToken = "command:remote:Command";

interface Property {
  type?: string;
  $ref?: string;
  items?: object;
  additionalProperties?: object;
  default?: unknown;
  secret?: boolean;
}

const endpoint: Record<string, Property> = {
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "integer", default: 10 },
  host: { type: "string" },
  hostKey: { type: "string" },
  password: { type: "string" },
  perDialTimeout: { type: "integer", default: 15 },
  port: { type: "number", default: 22 },
  privateKey: { type: "string" },
  privateKeyPassword: { type: "string" },
  user: { type: "string", default: "root" },
};

export const commandInputs: Record<string, Property> = {
  addPreviousOutputInEnv: { type: "boolean", default: true },
  connection: { $ref: "#/types/command:remote:Connection", secret: true },
  create: { type: "string" },
  delete: { type: "string" },
  environment: { type: "object", additionalProperties: { type: "string" } },
  logging: { $ref: "#/types/command:remote:Logging" },
  stdin: { type: "string" },
  triggers: { type: "array", items: { $ref: "pulumi.json#/Any" } },
  update: { type: "string" },
};

export const loggingValues = ["stdout", "stderr", "stdoutAndStderr", "none"] as const;

/** The part of the command package's schema that this stand-in has. A test compares it with the npm SDK. */
export function commandSchema(version: string): object {
  return {
    name: "command",
    version,
    description: "labwright's stand-in for the command provider: remote.Command alone",
    types: {
      "command:remote:Connection": {
        type: "object",
        properties: {
          ...endpoint,
          proxy: { $ref: "#/types/command:remote:ProxyConnection" },
        },
        required: ["host"],
      },
      "command:remote:ProxyConnection": {
        type: "object",
        properties: endpoint,
        required: ["host"],
      },
      "command:remote:Logging": {
        type: "string",
        enum: loggingValues.map((value) => ({ value })),
      },
    },
    resources: {
      [commandToken]: {
        inputProperties: commandInputs,
        requiredInputs: ["connection"],
        properties: { ...commandInputs, stderr: { type: "string" }, stdout: { type: "string" } },
        required: ["connection", "stderr", "stdout"],
      },
    },
  };
}
