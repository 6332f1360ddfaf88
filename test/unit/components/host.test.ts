import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { existingHost, LabCa } from "../../../components";
import { outputValue, recordLab } from "../../../testing";
import { host, inputsOf, publicKey } from "./lab-parts";

describe("existingHost()", () => {
  it("is a joined machine and nothing else", async () => {
    const lab = await recordLab(() =>
      existingHost({
        name: "nas",
        address: "nas.example.net",
        port: 2222,
        user: "admin",
        hostKey: `${publicKey}\n`,
        jump: { address: "10.0.0.1", hostKey: publicKey },
      }),
    );
    assert.deepEqual(
      lab.resources.map(({ type, name, inputs }) => [type, name, inputs]),
      [
        [
          "labwright:host:Machine",
          "nas",
          {
            host: {
              address: "nas.example.net",
              port: 2222,
              user: "admin",
              hostKey: publicKey,
              jump: { address: "10.0.0.1", port: 22, user: "root", hostKey: publicKey },
            },
          },
        ],
      ],
    );
  });

  it("gives a connection that carries the machine's id, and so waits for it", async () => {
    const lab = await recordLab(() => {
      const box = host();
      box.package("vim");
      return outputValue(pulumi.output(box.connection));
    });
    const machine = lab.get("box");
    assert.match(lab.value.machineId, /^[0-9a-f]{32}$/);
    assert.equal(lab.value.address, "10.77.0.7");
    assert.deepEqual(lab.get("box-vim").propertyDependencies["host"], [machine.urn]);
  });

  it("is a handle of plain data", async () => {
    const lab = await recordLab(() => outputValue(host().handle));
    const { type, version, name, connection } = lab.value;
    assert.deepEqual([type, version, name], ["labwright:Host", 1, "box"]);
    assert.deepEqual(Object.keys(connection).sort(), [
      "address",
      "hostKey",
      "machineId",
      "port",
      "user",
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(lab.value)), lab.value);
  });
});

describe("LabCa", () => {
  it("is an authority on its host, where openssl is", async () => {
    const lab = await recordLab(() => new LabCa("ca", { host: host() }));
    assert.deepEqual(lab.childNames(lab.get("ca", "labwright:tls:LabCa")), [
      "labwright:tls:Authority ca",
    ]);
    const authority = lab.get("ca", "labwright:tls:Authority");
    assert.deepEqual(inputsOf(authority), { name: "ca", commonName: "Lab CA", validityDays: 3650 });
    assert.ok(authority.dependencies.includes(lab.get("box-openssl").urn));
  });

  it("issues a certificate on another host, signed on its own", async () => {
    const lab = await recordLab(() => {
      const ca = new LabCa("ca", {
        host: host("ns", "10.77.0.53"),
        certificateDays: 10,
        renewBeforeDays: 3,
      });
      return ca.issue("app", {
        host: host("app", "10.77.0.90"),
        name: "app",
        dnsNames: ["app.home.arpa"],
      });
    });
    const {
      authority,
      host: on,
      ...inputs
    } = lab.get("app", "labwright:tls:Certificate").inputs as {
      authority: { host: { address: string }; name: string; certificatePem: string };
      host: { address: string };
    };
    assert.equal(on.address, "10.77.0.90");
    assert.equal(authority.host.address, "10.77.0.53");
    assert.equal(authority.name, "ca");
    assert.equal(authority.certificatePem, "simulated certificate of ca\n");
    assert.deepEqual(inputs, {
      name: "app",
      dnsNames: ["app.home.arpa"],
      validityDays: 10,
      renewBeforeDays: 3,
    });
    const certificate = lab.get("app", "labwright:tls:Certificate");
    assert.ok(lab.waitsFor(certificate, lab.get("ca", "labwright:tls:Authority")));
    assert.ok(certificate.dependencies.includes(lab.get("app-openssl").urn));
  });
});
