import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client, credentials, type MethodDefinition } from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { packageRoot } from "../../../engine/package-root";

type Method<Q, R> = MethodDefinition<Q, R>;
const methods = LanguageRuntimeService as unknown as Record<string, Method<unknown, unknown>>;

describe("the language host", function () {
  this.timeout(20_000);
  let folder: string;
  let host: ChildProcess;
  let client: Client;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "language-host-"));
    const main = join(packageRoot, "engine", "language-host", "main.ts");
    const hook = require.resolve("ts-node/register/transpile-only");
    host = spawn(process.execPath, ["-r", hook, main, "--some-flag", "127.0.0.1:1"], {
      cwd: packageRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = (await once(host.stdout!, "data")) as [Buffer];
    assert.match(line.toString(), /^\d+\n$/);
    client = new Client(`127.0.0.1:${line.toString().trim()}`, credentials.createInsecure());
  });
  after(async () => {
    client.close();
    host.kill();
    await rm(folder, { recursive: true });
  });

  function call<R>(name: string, request: unknown): Promise<R> {
    const { path, requestSerialize, responseDeserialize } = methods[name]!;
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize as (bytes: Buffer) => R,
        request,
        (error, response) => {
          if (error) reject(error);
          else resolve(response!);
        },
      );
    });
  }

  async function stream<R>(name: string, request: unknown): Promise<R[]> {
    const { path, requestSerialize, responseDeserialize } = methods[name]!;
    const parse = responseDeserialize as (bytes: Buffer) => R;
    const all: R[] = [];
    for await (const response of client.makeServerStreamRequest(
      path,
      requestSerialize,
      parse,
      request,
    )) {
      all.push(response as R);
    }
    return all;
  }

  function program(options: Parameters<typeof Struct.fromJavaScript>[0] = {}) {
    const info = new language.ProgramInfo();
    info.setRootDirectory(folder);
    info.setProgramDirectory(folder);
    info.setEntryPoint(".");
    info.setOptions(Struct.fromJavaScript(options));
    return info;
  }

  it("answers the handshake and tells which node it runs programs with", async () => {
    await call("handshake", new language.LanguageHandshakeRequest());
    const about = await call<language.AboutResponse>("about", new language.AboutRequest());
    assert.equal(about.getExecutable(), process.execPath);
    assert.equal(about.getVersion(), process.version);
  });

  it("says what to do when the program has no SDK", async () => {
    const request = new language.RunRequest();
    request.setInfo(program());
    await assert.rejects(call("run", request), /@pulumi\/pulumi is not installed .* npm install/);
  });

  it("names what it cannot do", async () => {
    await assert.rejects(
      call("generateProgram", new language.GenerateProgramRequest()),
      /cannot write programs \(use --generate-code=false\)/,
    );
  });

  it("refuses a package manager that is none", async () => {
    const request = new language.InstallDependenciesRequest();
    request.setInfo(program({ packagemanager: "rm -rf" }));
    await assert.rejects(
      stream("installDependencies", request),
      /runtime.options.packagemanager is "rm -rf"; use one of npm, yarn, pnpm, bun/,
    );
  });

  it("streams what the package manager says, and fails when it fails", async () => {
    const request = new language.InstallDependenciesRequest();
    request.setInfo(program());
    await writeFile(join(folder, "package.json"), "{}");
    const said = await stream<language.InstallDependenciesResponse>("installDependencies", request);
    const text = Buffer.concat(said.map((chunk) => chunk.getStdout_asU8())).toString();
    assert.match(text, /up to date/);
    await writeFile(join(folder, "package.json"), "not JSON");
    await assert.rejects(stream("installDependencies", request), /npm install failed in .*exit/);
  });

  it("lists installed versions of dependencies, and the range of those that are not", async () => {
    const dependencies = { nowhere: "^1.2.0" };
    await writeFile(join(folder, "package.json"), JSON.stringify({ dependencies }));
    const request = new language.GetProgramDependenciesRequest();
    request.setInfo(program());
    const response = await call<language.GetProgramDependenciesResponse>(
      "getProgramDependencies",
      request,
    );
    assert.deepEqual(
      response.getDependenciesList().map((info) => info.toObject()),
      [{ name: "nowhere", version: "^1.2.0" }],
    );
  });

  it("ends when it is told to", async () => {
    await call("cancel", new Empty());
    host.kill("SIGTERM");
    const [code] = (await once(host, "exit")) as [number];
    assert.equal(code, 0);
  });
});
