import { Activations } from "../apply/activations";
import { applyContext, removeContext } from "../apply/contexts";
import { type Claim, digestOf, stackOf } from "../apply/ownership";
import { describeHost } from "../host/errors";
import type { Hosts } from "../host/hosts";
import { lookUpHostKey } from "../host/known-hosts";
import type { AnyKind, Context } from "../kind";
import type { Fields, HostConnection, MachineConnection } from "../schema";
import { assembleState, observedInputs, previewOutputs } from "./observed";
import { parseId, renderId } from "./resource-id";
import { type Properties, reveal, type Value } from "./value";

/** What every operation is told. */
export interface Call {
  urn: string;
  kind: AnyKind;
  timeoutMs: number;
  say(severity: "info" | "warning", message: string): void;
}

/** What the engine is told of a resource that is there. */
export interface Found {
  id: string;
  inputs: Properties;
  state: Properties;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Plain = any;

/** Create, Read, Update and Delete around a kind, on plain values: everything but the wire. */
export class Operations {
  private readonly activations = new Activations();
  private readonly cancelling = new AbortController();

  constructor(
    private readonly hosts: Hosts,
    private readonly knownHostsFile: string,
  ) {}

  previewCreate({ kind }: Call, inputs: Properties): Properties {
    return { ...inputs, ...previewOutputs(kind, inputs) };
  }

  previewUpdate({ kind }: Call, inputs: Properties, old: Properties): Properties {
    return { ...inputs, ...previewOutputs(kind, inputs, old) };
  }

  async create(call: Call, inputs: Properties): Promise<{ id: string; state: Properties }> {
    const plain = reveal(inputs) as Plain;
    const physical = call.kind.physical(plain);
    await this.expectMachine(call, plain.host);
    const context = this.context(call, plain.host);
    const claim = this.claim(call, plain, physical, false);
    const outputs = await call.kind.apply(applyContext(context, claim, this.activations), {
      inputs: plain,
    });
    return { id: this.id(call, plain, physical), state: assembleState(call.kind, inputs, outputs) };
  }

  async update(call: Call, inputs: Properties, old: Properties): Promise<Properties> {
    const plain = reveal(inputs) as Plain;
    await this.expectMachine(call, plain.host);
    const context = this.context(call, plain.host);
    const claim = this.claim(call, plain, call.kind.physical(plain), true);
    const outputs = await call.kind.apply(applyContext(context, claim, this.activations), {
      inputs: plain,
      prior: reveal(old) as Plain,
    });
    return assembleState(call.kind, inputs, outputs);
  }

  async remove(call: Call, state: Properties): Promise<void> {
    const plain = reveal(state) as Plain;
    if (!(await this.isMachine(call, plain.host))) {
      call.say("info", "the machine it was on is gone, and it with it");
      return;
    }
    const context = this.context(call, plain.host);
    const claim = this.claim(call, plain, call.kind.physical(plain), true);
    await call.kind.remove(removeContext(context, claim, this.activations), plain);
  }

  /** The actual state; undefined when the resource is gone. Without a prior state the id alone says where to look. */
  async read(call: Call, id: string, prior?: { inputs: Properties; state: Properties }) {
    if (prior) return this.refresh(call, id, prior);
    if (call.kind.schema.place === "here") {
      throw new Error("it exists in Pulumi's state only and cannot be imported");
    }
    return this.import(call, id);
  }

  cancel(): void {
    this.cancelling.abort();
    this.hosts.cancel();
  }

  private async refresh(
    call: Call,
    id: string,
    prior: { inputs: Properties; state: Properties },
  ): Promise<Found | undefined> {
    const { kind } = call;
    const state = reveal(prior.state) as Plain;
    if (!(await this.isMachine(call, state.host))) return undefined;
    const at = { physical: kind.physical(state), prior: state };
    const observed = await kind.read(this.context(call, state.host), at);
    if (observed === undefined) return undefined;
    const inputs = observedInputs(kind, prior.inputs, observed);
    return { id, inputs, state: assembleState(kind, inputs, observed) };
  }

  private async import(call: Call, id: string): Promise<Found | undefined> {
    const { kind } = call;
    const where = parseId(id);
    const own = where && kind.parse(where.physical);
    if (!where || !own) {
      throw new Error(
        `"${id}" is no id of ${kind.schema.token}; write user@address:NAME, user@address#port:NAME, ` +
          "or user@address/nspawn=CONTAINER:NAME",
      );
    }
    const { user, address, port, inside } = where;
    const hostKey = await lookUpHostKey(this.knownHostsFile, where);
    const connection: MachineConnection = {
      user,
      address,
      port,
      hostKey,
      ...(inside && { inside }),
    };
    const machineId = await this.hosts.at(connection).machineId();
    if (kind.schema.place === "host" && machineId === undefined) {
      const host = describeHost(connection);
      throw new Error(`${host} has no machine id; join it with labwright:host:Machine first`);
    }
    const host = kind.schema.place === "host" ? { ...connection, machineId } : connection;
    const observed = await kind.read(this.context(call, connection), { physical: where.physical });
    if (observed === undefined) return undefined;
    const inputs = observedInputs(
      kind,
      { host: host as Value, ...defaults(kind.schema.inputs), ...(own as Properties) },
      observed,
    );
    return {
      id: renderId(connection, where.physical),
      inputs,
      state: assembleState(kind, inputs, observed),
    };
  }

  private claim(call: Call, plain: Plain, physical: string, known: boolean): Claim {
    const own = { ...plain, host: undefined, adopt: undefined };
    return {
      urn: call.urn,
      kind: call.kind.schema.token,
      physical,
      known,
      adopt: plain.adopt === true,
      digest: digestOf(own),
    };
  }

  private id({ kind, urn }: Call, plain: Plain, physical: string): string {
    if (kind.schema.place === "here") return physical || urn.split("::").at(-1)!;
    return renderId(plain.host, physical);
  }

  private async isMachine({ kind }: Call, host: HostConnection): Promise<boolean> {
    if (kind.schema.place !== "host") return true;
    return (await this.hosts.at(host).machineId()) === host.machineId;
  }

  private async expectMachine(call: Call, host: HostConnection): Promise<void> {
    if (await this.isMachine(call, host)) return;
    throw new Error(
      `${describeHost(host)} is another machine by now: its machine id is not ${host.machineId}; ` +
        `run pulumi refresh, so that what was on the old machine is made on the new one`,
    );
  }

  private context(call: Call, connection?: MachineConnection): Context {
    const { hosts } = this;
    return {
      get host() {
        if (!connection) throw new Error(`${call.kind.schema.token} is on no host`);
        return hosts.at(connection);
      },
      stack: stackOf(call.urn),
      hostAt: (other) => hosts.at(other),
      signal: this.cancelling.signal,
      timeoutMs: call.timeoutMs,
      info: (message) => call.say("info", message),
      warn: (message) => call.say("warning", message),
    };
  }
}

function defaults(fields: Fields): Properties {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, { options }]) => options.default !== undefined)
      .map(([name, { options }]) => [name, structuredClone(options.default) as Value]),
  );
}
