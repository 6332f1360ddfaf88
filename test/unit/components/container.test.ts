import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { File, NspawnMachine } from "../../../components";
import { outputValue, recordLab } from "../../../testing";
import { host, inputsOf } from "./lab-parts";

const bookworm = { suite: "bookworm" };

describe("NspawnMachine", () => {
  it("is a clone of an image on its host, joined through it", async () => {
    const lab = await recordLab(() => new NspawnMachine("web", { on: host(), image: bookworm }));
    const component = lab.get("web", "labwright:container:NspawnMachine");
    assert.deepEqual(lab.childNames(component), [
      "labwright:host:Machine web-machine",
      "labwright:nspawn:Machine web",
    ]);
    const container = lab.get("web", "labwright:nspawn:Machine");
    const [image] = lab.ofType("labwright:nspawn:Image");
    assert.deepEqual(inputsOf(image!), {
      name: image!.inputs["name"],
      bootstrap: { suite: "bookworm", packages: [] },
    });
    assert.match(image!.inputs["name"] as string, /^bookworm-[0-9a-f]{12}$/);
    assert.deepEqual(inputsOf(container), {
      name: "web",
      image: image!.inputs["name"],
      exec: { hostname: "web", privateUsers: "no" },
      network: { private: false, virtualEthernet: false },
      files: {},
      settings: {},
      limits: {},
    });
    for (const name of ["box-systemd-container", "box-mmdebstrap"])
      assert.ok(image!.dependencies.includes(lab.get(name).urn), name);
    assert.ok(container.dependencies.includes(image!.urn));
    const machine = lab.get("web-machine");
    assert.deepEqual(machine.inputs["host"], {
      ...(lab.get("box").inputs["host"] as object),
      inside: [{ type: "nspawn", name: "web" }],
    });
    assert.ok(machine.dependencies.includes(container.urn));
  });

  it("has every argument in the container's settings", async () => {
    const lab = await recordLab(
      () =>
        new NspawnMachine("wiki", {
          on: host(),
          containerName: "wiki1",
          hostName: "wiki",
          image: {
            suite: "trixie",
            packages: ["vim", "less", "vim"],
            mirror: "http://deb.example.net/debian",
          },
          network: { bridge: "br0" },
          address: "10.77.0.95/24",
          gateway: "10.77.0.1",
          ports: [
            { host: 8080, container: 80 },
            { host: 53, protocol: "udp" },
          ],
          binds: { "/z": "/srv/z", "/a": { source: "/srv/a", readOnly: true, idmap: false } },
          ephemeral: false,
          environment: { A: "1" },
          limits: { memoryMaxMiB: 512 },
          startAtBoot: false,
          bootTimeoutSeconds: 60,
          settings: { Exec: { Capability: "CAP_SYS_TIME" } },
        }),
    );
    const [image] = lab.ofType("labwright:nspawn:Image");
    assert.deepEqual(image!.inputs["bootstrap"], {
      suite: "trixie",
      packages: ["less", "vim"],
      mirror: "http://deb.example.net/debian",
    });
    const container = lab.get("wiki", "labwright:nspawn:Machine");
    assert.deepEqual(inputsOf(container), {
      name: "wiki1",
      image: image!.inputs["name"],
      exec: { hostname: "wiki", privateUsers: "pick", ephemeral: false, environment: { A: "1" } },
      network: {
        private: true,
        virtualEthernet: true,
        bridge: "br0",
        ports: [
          { protocol: "tcp", host: 8080, container: 80 },
          { protocol: "udp", host: 53, container: 53 },
        ],
        address: "10.77.0.95/24",
        gateway: "10.77.0.1",
      },
      files: {
        binds: [
          { source: "/srv/a", path: "/a", readOnly: true, idmap: false },
          { source: "/srv/z", path: "/z", readOnly: false, idmap: true },
        ],
      },
      settings: { Exec: { ResolvConf: ["copy-host"], Capability: ["CAP_SYS_TIME"] } },
      limits: { memoryMaxMiB: 512 },
      startAtBoot: false,
    });
    assert.ok(container.dependencies.includes(lab.get("box-nftables").urn));
    assert.equal(lab.get("wiki-machine").inputs["bootTimeoutSeconds"], 60);
  });

  it("shares its image with others on the host that ask for the same", async () => {
    const lab = await recordLab(() => {
      const on = host();
      for (const name of ["a", "b"])
        new NspawnMachine(name, { on, image: { suite: "bookworm", packages: ["vim", "less"] } });
      new NspawnMachine("c", { on, image: { suite: "bookworm", packages: ["less", "vim"] } });
      new NspawnMachine("d", { on, image: bookworm });
    });
    assert.equal(lab.ofType("labwright:nspawn:Image").length, 2);
    assert.equal(lab.ofType("labwright:nspawn:Machine").length, 4);
  });

  it("is a clone of another container, once that is there", async () => {
    const lab = await recordLab(() => {
      const on = host();
      const first = new NspawnMachine("first", { on, image: { clone: "golden" } });
      new NspawnMachine("second", { on, image: { clone: first } });
    });
    const first = lab.get("first", "labwright:nspawn:Machine");
    const second = lab.get("second", "labwright:nspawn:Machine");
    assert.equal(first.inputs["image"], "golden");
    assert.equal(second.inputs["image"], "first");
    assert.ok(second.dependencies.includes(first.urn));
    assert.deepEqual(lab.ofType("labwright:nspawn:Image"), []);
  });

  it("is a host: things on it wait for it and go with it, also in a container inside a container", async () => {
    const lab = await recordLab(() => {
      const web = new NspawnMachine("web", { on: host(), image: bookworm });
      const deep = new NspawnMachine("deep", { on: web.host, image: bookworm });
      deep.host.package("vim");
      new File(
        "motd",
        { host: web.host.connection, path: "/etc/motd", content: "x" },
        web.host.options({}),
      );
      return outputValue(pulumi.all([web.host.handle, deep.host.handle]));
    });
    const [web, deep] = lab.value;
    assert.deepEqual(web.connection.inside, [{ type: "nspawn", name: "web" }]);
    assert.deepEqual(deep.connection.inside, [
      { type: "nspawn", name: "web" },
      { type: "nspawn", name: "deep" },
    ]);
    assert.deepEqual(JSON.parse(JSON.stringify(deep)), deep);
    const container = lab.get("web", "labwright:nspawn:Machine");
    const motd = lab.get("motd");
    assert.equal(motd.options.deletedWith, container.urn);
    assert.deepEqual(motd.propertyDependencies["host"], [lab.get("web-machine").urn]);
    const vim = lab.get("deep-vim");
    assert.equal(vim.options.deletedWith, lab.get("deep", "labwright:nspawn:Machine").urn);
    assert.ok(lab.waitsFor(vim, container));
  });

  it("has its own address where it is told, else that of its host", async () => {
    const lab = await recordLab(() => {
      const on = host();
      const shared = new NspawnMachine("a", { on, image: bookworm });
      const own = new NspawnMachine("b", {
        on,
        image: bookworm,
        network: { macvlan: "eth0" },
        address: "10.77.0.95/24",
      });
      return [shared.address, shared.host.address, own.address, own.host.address];
    });
    assert.deepEqual(lab.value, ["10.77.0.7", "10.77.0.7", "10.77.0.95", "10.77.0.95"]);
    const network = lab.get("b", "labwright:nspawn:Machine").inputs["network"];
    assert.deepEqual(network, {
      private: true,
      virtualEthernet: false,
      macvlan: ["eth0"],
      address: "10.77.0.95/24",
    });
  });
});
