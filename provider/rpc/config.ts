import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import type { Issue } from "../../validation/issue";
import type { HostsSettings } from "../host/hosts";
import { providerConfig } from "../schema";
import { checkFields } from "./check";
import { type Properties, reveal, Secret, type Value } from "./value";

/** The provider's configuration, with the environment's and the built-in defaults. */
export interface ProviderSettings extends HostsSettings {
  knownHostsFile: string;
}

/** Properties that the engine or an SDK adds to every provider's inputs. */
const foreign = new Set(["version", "pluginDownloadURL", "__internal", "__name"]);

/** Checks provider configuration. The engine hands numbers over as JSON text. Pure but for looking at files. */
export function checkConfig(given: Properties): { inputs: Properties; issues: Issue[] } {
  const own: Properties = Object.fromEntries<Value>(
    Object.entries(given)
      .filter(([name]) => !foreign.has(name))
      .map(([name, value]) => [name, isNumber(name) ? parseNumber(value) : value]),
  );
  const { issues } = checkFields(providerConfig, own);
  const config = reveal(own) as Record<string, unknown>;
  if (config.sshIdentityFile !== undefined && config.sshPrivateKey !== undefined) {
    issues.push({ field: "sshPrivateKey", fix: "give either sshIdentityFile or sshPrivateKey" });
  }
  const key = config.sshPrivateKey;
  if (typeof key === "string" && !/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) {
    issues.push({
      field: "sshPrivateKey",
      fix: "give a private key in PEM, -----BEGIN OPENSSH PRIVATE KEY-----",
    });
  }
  for (const name of ["sshIdentityFile", "sshConfigFile", "knownHostsFile"]) {
    const file = config[name];
    if (typeof file !== "string" || (name === "sshConfigFile" && file === "none")) continue;
    if (!fs.existsSync(expandHome(file))) {
      issues.push({ field: name, value: file, fix: "there is no such file; give an existing one" });
    }
  }
  return { inputs: given, issues };
}

/** The settings that a checked configuration stands for. */
export function settingsFrom(given: Properties, env: NodeJS.ProcessEnv): ProviderSettings {
  const config = reveal(given) as Record<string, unknown>;
  const file = (name: string): string | undefined => {
    const value = config[name];
    return typeof value === "string" ? expandHome(value) : undefined;
  };
  const timeout = parseNumber(config.connectTimeoutSeconds as Value);
  const privateKey = typeof config.sshPrivateKey === "string" ? config.sshPrivateKey : undefined;
  const identityFile =
    file("sshIdentityFile") ?? (privateKey ? undefined : env.LABWRIGHT_SSH_IDENTITY_FILE);
  return {
    ...(privateKey && { privateKey }),
    ...(identityFile && { identityFile }),
    ...(file("sshConfigFile") && { configFile: file("sshConfigFile") }),
    knownHostsFile:
      file("knownHostsFile") ?? env.LABWRIGHT_KNOWN_HOSTS_FILE ?? expandHome("~/.ssh/known_hosts"),
    // In a preview it may not be known yet.
    connectTimeoutSeconds:
      typeof timeout === "number" ? timeout : providerConfig.connectTimeoutSeconds.options.default,
  };
}

function isNumber(name: string): boolean {
  return (
    (providerConfig as Record<string, { type: { type: string } }>)[name]?.type.type === "integer"
  );
}

function parseNumber(value: Value): Value {
  if (value instanceof Secret) return parseNumber(value.value);
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
}

function expandHome(file: string): string {
  return file.startsWith("~/") ? path.join(os.homedir(), file.slice(2)) : file;
}
