import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import type { Engine } from "../../engine";
import { publicKey, readCredentials, statePassphrase } from "./credentials";
import { network } from "./network";
import type { Sandbox } from "./sandbox";
import { ensureUserKnownHosts } from "./user-known-hosts";

/** The environment of a command that runs in the lab: the engine, its state, the API and the SSH key. */
export function labEnvironment(
  sandbox: Sandbox,
  engine: Pick<Engine, "env">,
  inherited: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const credentials = readCredentials(sandbox);
  return {
    ...inherited,
    ...engine.env,
    LABWRIGHT_SANDBOX: sandbox.dir,
    PULUMI_BACKEND_URL: `file://${sandbox.stateDir}`,
    PULUMI_CONFIG_PASSPHRASE: statePassphrase,
    // A resource that fails does not keep the others of the same run back.
    PULUMI_CONTINUE_ON_ERROR: inherited.PULUMI_CONTINUE_ON_ERROR ?? "true",
    PROXMOX_VE_ENDPOINT: `https://${network.node}:8006`,
    PROXMOX_VE_API_TOKEN: credentials.apiToken,
    // For those who have to sign in as root itself; the token goes first.
    PROXMOX_VE_USERNAME: "root@pam",
    PROXMOX_VE_PASSWORD: credentials.password,
    PROXMOX_VE_INSECURE: "true",
    PROXMOX_VE_SSH_USERNAME: "root",
    PROXMOX_VE_SSH_PRIVATE_KEY: fs.readFileSync(sandbox.identityFile, "utf8"),
    LABWRIGHT_SSH_IDENTITY_FILE: sandbox.identityFile,
    LABWRIGHT_KNOWN_HOSTS_FILE: sandbox.knownHostsFile,
    LABWRIGHT_SSH_PUBLIC_KEY: publicKey(sandbox),
  };
}

/** Puts the lab's known hosts over the user's own, for what can only look there, and then runs `"$@"`. */
const mountKnownHosts = `
mount --make-rprivate / && mount --bind "$1" "$2" || exit 125
shift 2
exec "$@"
`;

/** Runs a command inside the lab's network; gives its exit code, 128 + n when signal n ended it. */
export function execInLab(
  sandbox: Sandbox,
  argv: string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  fs.mkdirSync(sandbox.stateDir, { recursive: true });
  const userFile = ensureUserKnownHosts(sandbox);
  const child = spawn(
    "nsenter",
    [
      ...[`--net=/run/netns/${sandbox.netns}`, "unshare", "--mount"],
      ...["sh", "-c", mountKnownHosts, "labwright-exec", sandbox.knownHostsFile, userFile],
      ...argv,
    ],
    { stdio: "inherit", env },
  );
  // A terminal sends its signals to the command as well; it decides what becomes of them.
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  const ignore = (): void => undefined;
  process.on("SIGINT", ignore);
  process.on("SIGQUIT", ignore);
  process.on("SIGTERM", forward);
  process.on("SIGHUP", forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      process.off("SIGINT", ignore);
      process.off("SIGQUIT", ignore);
      process.off("SIGTERM", forward);
      process.off("SIGHUP", forward);
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
    });
  });
}
