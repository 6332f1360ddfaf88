import assert from "node:assert/strict";
import { defaultBootTiers, Vm } from "../../../components";
import { recordLab } from "../../../testing";
import { ApiUnderTest } from "../sandbox-api/api-under-test";
import { node } from "./lab-parts";

const VM = "proxmoxve:index/vmLegacy:VmLegacy";
const NODE = "/nodes/pve1/qemu";

interface Startup {
  order: number;
  upDelay?: number;
  downDelay?: number;
}

/** What Proxmox is told of machines in these tiers; undefined: a machine that names none. */
async function startups(tiers: (string | undefined)[], changes = {}): Promise<Startup[]> {
  const lab = await recordLab(() => {
    const on = node(changes);
    tiers.forEach((bootTier, n) => {
      new Vm(`vm${n}`, { on, address: `10.77.0.${80 + n}/24`, bootTier });
    });
  });
  return tiers.map((_, n) => lab.get(`vm${n}`, VM).inputs["startup"] as Startup);
}

describe("boot tiers", () => {
  it("start name servers before storage before the rest, each with time to answer", async () => {
    assert.deepEqual(await startups(["services", "storage", undefined, "names"]), [
      { order: 30 },
      { order: 20, upDelay: 10 },
      { order: 30 },
      { order: 10, upDelay: 5 },
    ]);
    const orders = ["names", "storage", "services"].map((name) => defaultBootTiers[name]!.order);
    assert.deepEqual(
      orders,
      [...orders].sort((a, b) => a - b),
    );
  });

  it("can be named otherwise, with delays both ways", async () => {
    const bootTiers = {
      routers: { order: 1, upDelaySeconds: 20, downDelaySeconds: 30 },
      services: { order: 2 },
    };
    assert.deepEqual(await startups(["routers", undefined], { bootTiers }), [
      { order: 1, upDelay: 20, downDelay: 30 },
      { order: 2 },
    ]);
  });

  it("are the order in which a node that boots starts its machines, whatever their ids", async () => {
    const tiers = ["services", "storage", "names"];
    const api = await ApiUnderTest.start();
    try {
      for (const [n, { order, upDelay }] of (await startups(tiers)).entries()) {
        const startup = upDelay === undefined ? `order=${order}` : `order=${order},up=${upDelay}`;
        await api.task("POST", NODE, {
          vmid: String(101 + n),
          name: tiers[n]!,
          onboot: "1",
          startup,
        });
      }
      await api.restart();
      const [start] = await api.data<{ upid: string }[]>(
        "GET",
        "/nodes/pve1/tasks?typefilter=startall&source=all",
      );
      assert.equal(await api.taskEnd(start!.upid), "OK");
      const log = await api.data<{ t: string }[]>(
        "GET",
        `/nodes/pve1/tasks/${encodeURIComponent(start!.upid)}/log`,
      );
      assert.deepEqual(
        log.map(({ t }) => t).filter((line) => line.startsWith("Starting")),
        ["Starting VM 103", "Starting VM 102", "Starting VM 101"],
      );
    } finally {
      await api.stop();
    }
  });
});
