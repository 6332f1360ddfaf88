/** A unit test of a lab: what it asks for, without an engine or a machine. */
import assert from "node:assert/strict";
import { existingHost, BindServer, DnsRecord } from "../components";
import { recordLab } from "../testing";

describe("my lab", () => {
  it("knows the wiki", async () => {
    const lab = await recordLab(() => {
      const host = existingHost({ name: "ns", address: "10.77.0.53", hostKey: HOST_KEY });
      const zone = new BindServer("dns", { host }).zone("home.arpa");
      new DnsRecord("wiki", { zone, type: "A", values: "10.77.0.80" });
    });
    assert.deepEqual(lab.get("wiki", "labwright:dns:Record").inputs["values"], ["10.77.0.80"]);
  });
});

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFxDEUF8uLwp4LFe2YmGTZVKj2Wg9cFDXcJcK7dqUQ0f";
