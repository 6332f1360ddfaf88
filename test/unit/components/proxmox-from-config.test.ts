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

  const rootConfig = {
    "proxmox:node": "pve1",
    "proxmox:template": "9000",
    "proxmox:authorizedKeys": JSON.stringify([publicKey]),
    "proxmox:username": "root@pam",
  };

  it("signs in with a password in place of a token of the environment, and may pass disks then", async () => {
    const lab = await recordLab(
      () => {
        const on = proxmoxFromConfig(undefined, { PROXMOX_VE_API_TOKEN: "root@pam!x=1" });
        const disk = "/dev/disk/by-id/ata-LABDISK_1G_0001";
        return new Vm("web", {
          on,
          address: "10.77.0.80/24",
          passthroughDisks: { scsi1: { disk } },
        });
      },
      {
        config: { ...rootConfig, "proxmox:password": "canary" },
        secretConfig: ["proxmox:password"],
      },
    );
    const { inputs, secrets } = lab.get("proxmox", PROVIDER);
    assert.deepEqual(
      [inputs["username"], inputs["password"], inputs["apiToken"]],
      ["root@pam", "canary", ""],
    );
    assert.ok(secrets.includes("password"));
  });

  it("takes the password from the environment, and keeps it secret", async () => {
    const lab = await recordLab(
      () => proxmoxFromConfig(undefined, { PROXMOX_VE_PASSWORD: "canary" }),
      { config: rootConfig },
    );
    const { inputs, secrets } = lab.get("proxmox", PROVIDER);
    assert.equal(inputs["password"], "canary");
    assert.ok(secrets.includes("password"));
    assert.equal(lab.value.rootSession, true);
  });

  for (const [what, environment, rootSession] of [
    ["a token", { PROXMOX_VE_API_TOKEN: "root@pam!x=1" }, false],
    ["a token and a user", { PROXMOX_VE_API_TOKEN: "x", PROXMOX_VE_USERNAME: "root@pam" }, false],
    ["root with a password", { PROXMOX_VE_USERNAME: "root@pam" }, true],
    ["another user with a password", { PROXMOX_VE_USERNAME: "ops@pve" }, false],
  ] as const) {
    it(`knows whether root signs in when the environment has ${what}`, async () => {
      const lab = await recordLab(() => proxmoxFromConfig(undefined, environment), {
        config: { "proxmox:node": "pve1" },
      });
      assert.equal(lab.value.rootSession, rootSession);
    });
  }

  it("refuses a user beside a token, and one without a password", async () => {
    await assert.rejects(
      recordLab(() => proxmoxFromConfig(undefined, {}), {
        config: { ...rootConfig, "proxmox:apiToken": "root@pam!x=1" },
      }),
      /proxmox:username is "root@pam": take it out, or take proxmox:apiToken out; a token would be used/,
    );
    await assert.rejects(
      recordLab(() => proxmoxFromConfig(undefined, {}), { config: rootConfig }),
      /proxmox:password is missing: pulumi config set --secret proxmox:password, for root@pam/,
    );
  });

  it("says which key of the configuration is missing", async () => {
    await assert.rejects(
      recordLab(() => proxmoxFromConfig()),
      /Missing required configuration variable 'proxmox:node'/,
    );
  });
});
