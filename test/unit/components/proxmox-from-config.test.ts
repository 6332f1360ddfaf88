import assert from "node:assert/strict";
import { proxmoxFromConfig, Vm } from "../../../components";
import { recordLab } from "../../../testing";
import { publicKey } from "./lab-parts";

const PROVIDER = "pulumi:providers:proxmoxve";

describe("proxmoxFromConfig()", () => {
  it("uses the default provider when the configuration says nothing of the connection", async () => {
    const lab = await recordLab(
      () => proxmoxFromConfig(undefined, { LABWRIGHT_SSH_PUBLIC_KEY: `${publicKey}\n` }),
      {
        config: {
          "proxmox:node": "pve1",
          "proxmox:template": "9000",
          "proxmox:nameServers": '["10.77.0.53"]',
          "proxmox:vmIds": '{"from":200}',
        },
      },
    );
    assert.deepEqual(lab.resources, []);
    const { node, template, nameServers, vmIds, authorizedKeys, datastore, bridge } = lab.value;
    assert.deepEqual(
      { node, template, nameServers, vmIds, authorizedKeys, datastore, bridge },
      {
        node: "pve1",
        template: 9000,
        nameServers: ["10.77.0.53"],
        vmIds: { from: 200, to: 999999999 },
        authorizedKeys: [publicKey],
        datastore: "local-lvm",
        bridge: "vmbr0",
      },
    );
  });

  it("makes a provider with secret credentials, and machines use it", async () => {
    const lab = await recordLab(
      () => new Vm("web", { on: proxmoxFromConfig(undefined, {}), address: "10.77.0.80/24" }),
      {
        config: {
          "proxmox:node": "pve1",
          "proxmox:template": "9000",
          "proxmox:authorizedKeys": JSON.stringify([publicKey]),
          "proxmox:endpoint": "https://pve.example.net:8006",
          "proxmox:apiToken": "root@pam!labwright=canary",
          "proxmox:sshUsername": "root",
        },
        secretConfig: ["proxmox:apiToken"],
      },
    );
    const provider = lab.get("proxmox", PROVIDER);
    assert.equal(provider.inputs["apiToken"], "root@pam!labwright=canary");
    assert.ok(provider.secrets.includes("apiToken"));
    for (const name of ["web-user-data"])
      assert.equal(lab.get(name).provider, `${provider.urn}::${provider.id}`);
    assert.equal(
      lab.get("web", "proxmoxve:index/vmLegacy:VmLegacy").provider,
      `${provider.urn}::${provider.id}`,
    );
  });

  it("says which key of the configuration is missing", async () => {
    await assert.rejects(
      recordLab(() => proxmoxFromConfig()),
      /Missing required configuration variable 'proxmox:node'/,
    );
  });
});
