import assert from "node:assert/strict";

import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { Hosts } from "../../../../provider/host/hosts";
import { hostKeyKind } from "../../../../provider/kinds/ssh/host-key/kind";
import type { ProviderSettings } from "../../../../provider/rpc/config";
import { ProviderService } from "../../../../provider/rpc/service";
import { UNKNOWN } from "../../../../provider/rpc/value";
import { encode } from "../../../../provider/rpc/wire";
import { host, thingKind } from "./thing-kind";

const urn = (token: string) => `urn:pulumi:dev::lab::${token}::x`;

describe("ProviderService", () => {
  let settings: ProviderSettings | undefined;
  const service = new ProviderService({
    kinds: [thingKind, hostKeyKind],
    version: "1.0.0",
    say: () => undefined,
    hosts: (given) => {
      settings = given;
      return new Hosts(undefined as never);
    },
  });

  /** Calls a method as gRPC does. */
  function call<R>(method: string, request: object): Promise<R> {
    const handler = service.handlers()[method] as (
      call: { request: object },
      answer: (error: { details: string } | null, response: R) => void,
    ) => void;
    return new Promise((resolve, reject) => {
      handler({ request }, (error, response) =>
        error ? reject(new Error(error.details)) : resolve(response),
      );
    });
  }

  async function failures(token: string, news: Struct): Promise<string[]> {
    const request = new rpc.CheckRequest();
    request.setUrn(urn(token));
    request.setNews(news);
    const response = await call<rpc.CheckResponse>("check", request);
    return response.getFailuresList().map((failure) => failure.getReason());
  }

  it("says which field was given an asset", async () => {
    const asset = { "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17" };
    const news = Struct.fromJavaScript({ host, name: "a", note: { ...asset, text: "hello" } });
    assert.deepEqual(await failures("labwright:test:Thing", news), [
      "note: is an asset; use a string",
    ]);
  });

  it("takes configuration that a preview does not know yet", async () => {
    const request = new rpc.ConfigureRequest();
    request.setArgs(encode({ connectTimeoutSeconds: UNKNOWN, sshPrivateKey: UNKNOWN }));
    await call("configure", request);
    assert.equal(settings!.connectTimeoutSeconds, 10);
    assert.equal(settings!.privateKey, undefined);
  });

  it("takes numbers of the configuration as the engine sends them", async () => {
    const request = new rpc.ConfigureRequest();
    request.setArgs(encode({ connectTimeoutSeconds: "33" }));
    await call("configure", request);
    assert.equal(settings!.connectTimeoutSeconds, 33);
  });

  it("refuses a kind that it does not have, by name", async () => {
    await assert.rejects(
      failures("labwright:test:Other", new Struct()),
      /has no kind labwright:test:Other/,
    );
  });

  it("refuses a host key's comment of two lines, which would be two keys", async () => {
    const news = Struct.fromJavaScript({ comment: "a\nssh-ed25519 AAAA" });
    assert.deepEqual(await failures("labwright:ssh:HostKey", news), [
      'comment is "a\\nssh-ed25519 AAAA": use one line, without control characters',
    ]);
  });
});
