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
 * - `username`, `password` (secret): sign in with a password instead of a token, as passing physical disks to machines
 *   needs: `root@pam`. Default of the password: the environment variable PROXMOX_VE_PASSWORD.
 */
export function proxmoxFromConfig(
  config: pulumi.Config = new pulumi.Config("proxmox"),
  environment: NodeJS.ProcessEnv = process.env,
): ProxmoxNode {
  const login = passwordLogin(config, environment);
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
    rootSession: login?.username === "root@pam",
    provider: configuredProvider(config, login),
  });
}

interface PasswordLogin {
  username: string;
  /** Undefined: the provider takes both from its environment. */
  password?: pulumi.Input<string>;
}

/** Who signs in with a password; undefined when a token does. */
function passwordLogin(
  config: pulumi.Config,
  environment: NodeJS.ProcessEnv,
): PasswordLogin | undefined {
  const username = config.get("username");
  const token = config.get("apiToken") ?? environment["PROXMOX_VE_API_TOKEN"];
  if (username === undefined) {
    const ambient = environment["PROXMOX_VE_USERNAME"];
    return token || !ambient ? undefined : { username: ambient };
  }
  if (config.get("apiToken") !== undefined)
    throw new pulumi.RunError(
      `proxmox:username is ${JSON.stringify(username)}: take it out, or take proxmox:apiToken out; a token would be used`,
    );
  const ambient = environment["PROXMOX_VE_PASSWORD"];
  const password = config.getSecret("password") ?? (ambient && pulumi.secret(ambient));
  if (!password)
    throw new pulumi.RunError(
      `proxmox:password is missing: pulumi config set --secret proxmox:password, for ${username}`,
    );
  return { username, password };
}

/** A provider of its own when the configuration says anything about the connection; else the default one. */
function configuredProvider(
  config: pulumi.Config,
  login: PasswordLogin | undefined,
): proxmoxve.Provider | undefined {
  const endpoint = config.get("endpoint");
  const username = config.get("sshUsername");
  const privateKey = config.getSecret("sshPrivateKey");
  const apiToken = config.getSecret("apiToken");
  const insecure = config.getBoolean("insecure");
  const password = login?.password;
  const told = [endpoint, username, privateKey, apiToken, insecure, password];
  if (told.every((value) => value === undefined)) return undefined;
  return new proxmoxve.Provider("proxmox", {
    endpoint,
    // Empty, or a token in the environment would be used.
    ...(password === undefined
      ? { apiToken }
      : { apiToken: pulumi.secret(""), username: login!.username, password }),
    insecure,
    ssh: username === undefined && privateKey === undefined ? undefined : { username, privateKey },
  });
}
