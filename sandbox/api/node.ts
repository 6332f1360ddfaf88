import path from "node:path";
import type { Hypervisor } from "../hypervisor";
import { AccessStore } from "./access/access-store";
import { Authenticator } from "./access/authenticate";
import { Permissions } from "./access/permissions";
import { Tickets } from "./access/tickets";
import { applyTokens } from "./access/tokens";
import { JsonFile } from "./atomic-file";
import type { HostDns } from "./cloudinit/network-config";
import { GuestLocks } from "./guests/guest-locks";
import { GuestStore } from "./guests/guest-store";
import type { FirstLogin } from "./guests/first-login";
import { DEFAULT_STORAGES, type ApiOptions } from "./options";
import { PretendHypervisor } from "./pretend-hypervisor";
import { Storages } from "./storage/storages";
import { Volumes } from "./storage/volumes";
import { TaskManager } from "./tasks/task-manager";

/** How long running tasks may take to end when the API is closed. */
const CLOSE_MILLISECONDS = 20_000;
/** How long a task's process takes to start on a real node, in milliseconds. */
const FORK_MILLISECONDS = 250;

/** Everything that the API's methods work on. */
export class PveNode {
  readonly name: string;
  readonly address: string;
  readonly bridge: string;
  readonly timeScale: number;
  readonly access: AccessStore;
  readonly permissions: Permissions;
  readonly authenticator: Authenticator;
  readonly tickets: Tickets;
  readonly tasks: TaskManager;
  readonly guests: GuestStore;
  readonly locks = new GuestLocks();
  readonly storages: Storages;
  readonly volumes: Volumes;
  readonly hypervisor: Hypervisor;
  /** The node's resolver, which guests get unless they say otherwise. */
  readonly dns: HostDns;
  readonly network: { address: string; prefix: number; gateway: string };
  /** The options of the datacenter: `/etc/pve/datacenter.cfg`. */
  readonly datacenter: JsonFile<Record<string, string>>;
  /** Where uploads wait for their task. */
  readonly uploadFolder: string;
  readonly startedAt = Date.now();
  /** Keys and password hashes that containers were made with. */
  readonly firstLogins: JsonFile<Record<string, FirstLogin>>;
  /** Process ids of running guests. */
  readonly pids = new Map<number, number>();
  private readonly background = new Set<Promise<void>>();

  constructor(
    options: ApiOptions,
    privateKeyPem: string,
    readonly certificateFingerprint: string,
  ) {
    const { stateDir } = options;
    this.uploadFolder = path.join(stateDir, "uploads");
    this.name = options.node?.name ?? "pve1";
    this.address = options.node?.address ?? "192.0.2.10";
    const {
      prefix = 24,
      gateway = "192.0.2.1",
      nameservers = [gateway],
      searchDomain,
    } = options.node ?? {};
    this.network = { address: this.address, prefix, gateway };
    this.dns = { servers: nameservers, search: searchDomain };
    this.bridge = options.bridge ?? "vmbr0";
    this.timeScale = options.timeScale ?? 0;
    this.access = new AccessStore(path.join(stateDir, "access.json"));
    applyTokens(this.access, options.tokens ?? []);
    this.permissions = new Permissions(this.access.value);
    this.tickets = new Tickets(path.join(stateDir, "priv"), privateKeyPem);
    this.authenticator = new Authenticator(
      this.access.value,
      this.tickets,
      options.passwords ?? {},
    );
    this.tasks = new TaskManager(
      path.join(stateDir, "tasks"),
      this.name,
      FORK_MILLISECONDS * this.timeScale,
    );
    this.guests = new GuestStore(stateDir, this.name);
    this.storages = new Storages(stateDir, options.storages ?? DEFAULT_STORAGES);
    this.hypervisor = options.hypervisor ?? new PretendHypervisor(this.timeScale, options.devices);
    this.volumes = new Volumes(stateDir, this.storages, this.hypervisor);
    this.firstLogins = new JsonFile(path.join(stateDir, "first-logins.json"), {});
    this.datacenter = new JsonFile(path.join(stateDir, "datacenter.json"), { keyboard: "en-us" });
  }

  get macPrefix(): string {
    return this.datacenter.value.mac_prefix ?? "BC:24:11";
  }

  /** Does something after the answer has been sent; `close` waits for it. */
  later(work: () => Promise<void>): void {
    const running = work()
      .catch(() => undefined)
      .finally(() => this.background.delete(running));
    this.background.add(running);
  }

  async close(): Promise<void> {
    await this.tasks.close(CLOSE_MILLISECONDS);
    await Promise.all(this.background);
    await this.hypervisor.close();
  }
}
