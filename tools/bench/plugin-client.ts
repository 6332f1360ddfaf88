import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import { packageRoot } from "../../engine/package-root";

type Properties = Record<string, unknown>;

const struct = (properties: object): Struct =>
  Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
const urnOf = (file: string): string =>
  `urn:pulumi:plugin::bench::labwright:host:File::${file.replace(/\W/g, "-")}`;

/** The provider plugin, driven as the engine drives it, for resources of the kind host:File. */
export class PluginClient {
  private constructor(
    private readonly child: ChildProcess,
    private readonly client: ResourceProviderClient,
  ) {}

  static async start(): Promise<PluginClient> {
    const plugin = path.join(packageRoot, "provider/pulumi-resource-labwright");
    const child = spawn(plugin, [], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(createInterface(child.stdout), "line")) as [string];
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const started = new PluginClient(child, client);
    const request = new rpc.ConfigureRequest();
    request.setAcceptsecrets(true);
    request.setArgs(struct({}));
    await answer<rpc.ConfigureResponse>((done) => client.configure(request, done));
    return started;
  }

  /** Inputs with their defaults. */
  async check(file: string, inputs: Properties): Promise<Properties> {
    const request = new rpc.CheckRequest();
    request.setUrn(urnOf(file));
    request.setNews(struct(inputs));
    const response = await answer<rpc.CheckResponse>((done) => this.client.check(request, done));
    const failures = response.getFailuresList().map((failure) => failure.getReason());
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return response.getInputs()!.toJavaScript();
  }

  /** Gives the state. */
  async create(file: string, inputs: Properties): Promise<Properties> {
    const request = new rpc.CreateRequest();
    request.setUrn(urnOf(file));
    request.setProperties(struct(inputs));
    const response = await answer<rpc.CreateResponse>((done) => this.client.create(request, done));
    return { id: response.getId(), ...response.getProperties()!.toJavaScript() };
  }

  async read(file: string, state: object): Promise<void> {
    const { id, ...properties } = state as Properties & { id: string };
    const request = new rpc.ReadRequest();
    request.setUrn(urnOf(file));
    request.setId(id);
    request.setInputs(struct(properties));
    request.setProperties(struct(properties));
    const response = await answer<rpc.ReadResponse>((done) => this.client.read(request, done));
    if (response.getId() !== id) throw new Error(`${file} is not there`);
  }

  async delete(file: string, state: object): Promise<void> {
    const { id, ...properties } = state as Properties & { id: string };
    const request = new rpc.DeleteRequest();
    request.setUrn(urnOf(file));
    request.setId(id);
    request.setProperties(struct(properties));
    await answer((done) => this.client.delete(request, done));
  }

  async stop(): Promise<void> {
    this.client.close();
    const ended = once(this.child, "exit");
    this.child.kill();
    await ended;
  }
}

function answer<T>(
  call: (done: (error: ServiceError | null, response: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => {
      if (error) reject(error);
      else resolve(response);
    });
  });
}
