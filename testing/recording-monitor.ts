import * as resproto from "@pulumi/pulumi/proto/resource_pb";
import * as provproto from "@pulumi/pulumi/proto/provider_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { RecordedOptions, RecordedResource } from "./recorded-resource";
import { simulateDefaults, type Simulate, type Simulated } from "./simulate";
import { decodeProperties, secretProperty } from "./wire";

type Callback<T> = (error: unknown, response?: T) => void;
type Properties = Record<string, unknown>;

/** One call of a provider function, e.g. a data source. */
export interface RecordedInvoke {
  token: string;
  args: Properties;
}

export interface MonitorSettings {
  project: string;
  stack: string;
  preview: boolean;
  simulate: Simulate;
  invoke: (token: string, args: Properties) => Properties;
  stacks: Record<string, Properties>;
}

const toProperties = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};
const toStruct = (properties: Properties) =>
  Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);

/** gRPC's UNIMPLEMENTED: the SDK then asks for one feature at a time. */
const UNIMPLEMENTED = { code: 12 };

/**
 * Stands where the engine's resource monitor stands and keeps each request as it was sent. Pulumi's own mocks hide
 * parents, dependencies, options and duplicate names.
 */
export class RecordingMonitor {
  readonly resources: RecordedResource[] = [];
  readonly invokes: RecordedInvoke[] = [];
  readonly failures: Error[] = [];
  private readonly byUrn = new Map<string, RecordedResource>();

  constructor(private readonly settings: MonitorSettings) {}

  registerResource(
    request: resproto.RegisterResourceRequest,
    callback: Callback<resproto.RegisterResourceResponse>,
  ): void {
    this.answer(callback, () => {
      const sent = toProperties(request.getObject());
      const { value, secrets, unknowns } = decodeProperties(sent);
      const propertyDependencies: Record<string, string[]> = {};
      request.getPropertydependenciesMap().forEach((entry, key) => {
        propertyDependencies[key] = entry.getUrnsList().slice().sort();
      });
      const providers: Record<string, string> = {};
      request.getProvidersMap().forEach((reference, pkg) => (providers[pkg] = reference));
      const returned = this.record(sent, {
        type: request.getType(),
        name: request.getName(),
        urn: this.urn(request.getParent(), request.getType(), request.getName()),
        id: "",
        custom: request.getCustom(),
        read: false,
        inputs: value,
        secrets,
        unknowns,
        parent: request.getParent() || undefined,
        dependencies: request.getDependenciesList().slice().sort(),
        propertyDependencies,
        provider: request.getProvider(),
        providers,
        options: recordedOptions(request),
        outputSecrets: [],
      });
      const response = new resproto.RegisterResourceResponse();
      response.setUrn(returned.resource.urn);
      response.setId(returned.resource.id);
      response.setObject(toStruct(returned.outputs));
      return response;
    });
  }

  readResource(
    request: resproto.ReadResourceRequest,
    callback: Callback<resproto.ReadResourceResponse>,
  ): void {
    this.answer(callback, () => {
      const sent = toProperties(request.getProperties());
      const { value, secrets, unknowns } = decodeProperties(sent);
      const returned = this.record(sent, {
        type: request.getType(),
        name: request.getName(),
        urn: this.urn(request.getParent(), request.getType(), request.getName()),
        id: request.getId(),
        custom: true,
        read: true,
        inputs: value,
        secrets,
        unknowns,
        parent: request.getParent() || undefined,
        dependencies: request.getDependenciesList().slice().sort(),
        propertyDependencies: {},
        provider: request.getProvider(),
        providers: {},
        options: {
          ...NO_OPTIONS,
          additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
        },
        outputSecrets: [],
      });
      const response = new resproto.ReadResourceResponse();
      response.setUrn(returned.resource.urn);
      response.setProperties(toStruct(returned.outputs));
      return response;
    });
  }

  registerResourceOutputs(
    request: resproto.RegisterResourceOutputsRequest,
    callback: Callback<Empty>,
  ): void {
    this.answer(callback, () => {
      const resource = this.byUrn.get(request.getUrn());
      if (resource) {
        const { value, secrets } = decodeProperties(toProperties(request.getOutputs()));
        resource.outputs = value;
        resource.outputSecrets = secrets;
      }
      return new Empty();
    });
  }

  invoke(
    request: resproto.ResourceInvokeRequest,
    callback: Callback<provproto.InvokeResponse>,
  ): void {
    this.answer(callback, () => {
      const token = request.getTok();
      const { value } = decodeProperties(toProperties(request.getArgs()));
      const response = new provproto.InvokeResponse();
      if (token === "pulumi:pulumi:readStackOutputs") {
        response.setReturn(toStruct(this.stackOutputs(value)));
      } else {
        this.invokes.push({ token, args: value });
        response.setReturn(toStruct(this.settings.invoke(token, value)));
      }
      return response;
    });
  }

  supportsFeature(
    request: resproto.SupportsFeatureRequest,
    callback: Callback<resproto.SupportsFeatureResponse>,
  ): void {
    const response = new resproto.SupportsFeatureResponse();
    response.setHassupport(request.getId() !== "outputValues");
    callback(null, response);
  }

  registerPackage(_: unknown, callback: Callback<resproto.RegisterPackageResponse>): void {
    const response = new resproto.RegisterPackageResponse();
    response.setRef("recorded");
    callback(null, response);
  }

  getDeploymentInfo(_: unknown, callback: Callback<never>): void {
    callback(UNIMPLEMENTED);
  }

  registerStackTransform(_: unknown, callback: Callback<Empty>): void {
    callback(null, new Empty());
  }

  registerStackInvokeTransform(_: unknown, callback: Callback<Empty>): void {
    callback(null, new Empty());
  }

  registerResourceHook(_: unknown, callback: Callback<Empty>): void {
    callback(null, new Empty());
  }

  registerErrorHook(_: unknown, callback: Callback<Empty>): void {
    callback(null, new Empty());
  }

  signalAndWaitForShutdown(_: unknown, callback: Callback<Empty>): void {
    callback(null, new Empty());
  }

  close(): void {
    // The SDK closes its connection at the end; there is none.
  }

  private urn(parent: string, type: string, name: string): string {
    const parentType = parent.split("::")[2] ?? "";
    const qualified =
      parentType === "" || parentType === "pulumi:pulumi:Stack" ? type : `${parentType}$${type}`;
    return `urn:pulumi:${this.settings.stack}::${this.settings.project}::${qualified}::${name}`;
  }

  /** Keeps the resource and says what the engine would answer. */
  private record(
    sent: Properties,
    resource: RecordedResource,
  ): { resource: RecordedResource; outputs: Properties } {
    if (this.byUrn.has(resource.urn)) throw new Error(`Duplicate resource URN '${resource.urn}'`);
    this.resources.push(resource);
    this.byUrn.set(resource.urn, resource);
    if (!resource.custom) return { resource, outputs: {} };
    const simulated =
      this.settings.simulate(resource) ?? this.otherStack(resource) ?? simulateDefaults(resource);
    if (this.settings.preview && !resource.read) return { resource, outputs: sent };
    if (!resource.read) resource.id = simulated.id ?? `${resource.name}-id`;
    const outputs: Properties = { ...sent, ...simulated.outputs };
    const secret = new Set([
      ...resource.options.additionalSecretOutputs,
      ...(simulated.secretOutputs ?? []),
    ]);
    for (const name of secret) if (name in outputs) outputs[name] = secretProperty(outputs[name]);
    return { resource, outputs };
  }

  private otherStack({ type, inputs }: RecordedResource): Simulated | undefined {
    return type === "pulumi:pulumi:StackReference"
      ? { outputs: this.stackOutputs(inputs) }
      : undefined;
  }

  /** What the engine reads of another stack. */
  private stackOutputs({ name }: Properties): Properties {
    const { stacks } = this.settings;
    const known = typeof name === "string" && Object.hasOwn(stacks, name);
    if (!known) {
      const message = `unknown stack ${JSON.stringify(name)}`;
      throw Object.assign(new Error(message), { details: message });
    }
    // What crosses stacks is JSON.
    const outputs = JSON.parse(JSON.stringify(stacks[name])) as Properties;
    return { name, outputs, secretOutputNames: [] };
  }

  private answer<T>(callback: Callback<T>, respond: () => T): void {
    let response: T;
    try {
      response = respond();
    } catch (error) {
      this.failures.push(error as Error);
      callback(error);
      return;
    }
    callback(null, response);
  }
}

const NO_OPTIONS: RecordedOptions = {
  protect: false,
  deleteBeforeReplace: false,
  retainOnDelete: false,
  ignoreChanges: [],
  replaceOnChanges: [],
  additionalSecretOutputs: [],
  replaceWith: [],
  aliases: 0,
};

function recordedOptions(request: resproto.RegisterResourceRequest): RecordedOptions {
  return {
    protect: request.getProtect() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    retainOnDelete: request.getRetainondelete() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    deletedWith: request.getDeletedwith() || undefined,
    replaceWith: request.getReplaceWithList(),
    aliases: request.getAliasesList().length + request.getAliasurnsList().length,
    importId: request.getImportid() || undefined,
    version: request.getVersion() || undefined,
  };
}
