import * as pulumi from "@pulumi/pulumi";
import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import { ProxmoxNode } from "./proxmox-node";

/**
 * The Proxmox node of a stack's configuration, keys under `proxmox:`. Call it from a stack: components read no
 * configuration.
 *
 * - `node`: name of the node. Required.
 * - `datastore`, `snippetsDatastore`, `imageDatastore`, `template`, `bridge`, `gateway`, `nameServers`, `searchDomain`,
 *   `vmIds`: as in `ProxmoxNodeArgs`.
 * - `authorizedKeys`: SSH public keys that may log in to every machine. Default: the one in the environment variable
 *   LABWRIGHT_SSH_PUBLIC_KEY.
 * - `endpoint`, `apiToken` (secret), `insecure`, `sshUsername`, `sshPrivateKey` (secret): how to reach the API, and the
 *   node itself, which takes snippets over SSH only. What is left out comes from the provider's own environment
 *   variables (PROXMOX_VE_ENDPOINT, PROXMOX_VE_API_TOKEN, PROXMOX_VE_SSH_USERNAME, ...).
 */
export function proxmoxFromConfig(
  config: pulumi.Config = new pulumi.Config("proxmox"),
  environment: NodeJS.ProcessEnv = process.env,
): ProxmoxNode {
  const ambientKey = environment["LABWRIGHT_SSH_PUBLIC_KEY"];
  return new ProxmoxNode({
    node: config.require("node"),
    datastore: config.get("datastore"),
    snippetsDatastore: config.get("snippetsDatastore"),
    imageDatastore: config.get("imageDatastore"),
    template: config.getNumber("template"),
    bridge: config.get("bridge"),
    gateway: config.get("gateway"),
    nameServers: config.getObject<string[]>("nameServers"),
    searchDomain: config.get("searchDomain"),
    vmIds: config.getObject<{ from: number; to?: number }>("vmIds"),
    authorizedKeys:
      config.getObject<string[]>("authorizedKeys") ?? (ambientKey ? [ambientKey.trim()] : []),
    provider: configuredProvider(config),
  });
}

/** A provider of its own when the configuration says anything about the connection; else the default one. */
function configuredProvider(config: pulumi.Config): proxmoxve.Provider | undefined {
  const endpoint = config.get("endpoint");
  const username = config.get("sshUsername");
  const privateKey = config.getSecret("sshPrivateKey");
  const apiToken = config.getSecret("apiToken");
  const insecure = config.getBoolean("insecure");
  if ([endpoint, username, privateKey, apiToken, insecure].every((value) => value === undefined))
    return undefined;
  return new proxmoxve.Provider("proxmox", {
    endpoint,
    apiToken,
    insecure,
    ssh: username === undefined && privateKey === undefined ? undefined : { username, privateKey },
  });
}
