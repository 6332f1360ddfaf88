import { createHash } from "node:crypto";
import type { RecordedResource } from "./recorded-resource";

/** What a resource comes back with: its id, and outputs besides its inputs. */
export interface Simulated {
  id?: string;
  outputs?: Record<string, unknown>;
  /** Names of outputs that are secret. */
  secretOutputs?: string[];
}

/** Decides what a recorded resource comes back with; `undefined` leaves it to the defaults. */
export type Simulate = (resource: RecordedResource) => Simulated | undefined;

const digest = (text: string) => createHash("sha256").update(text).digest();

/** An ed25519 public key line that parses, different for every seed and the same in every run. */
function publicKey(seed: string): string {
  const type = Buffer.from("ssh-ed25519");
  const length = (size: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(size);
    return bytes;
  };
  const blob = Buffer.concat([length(type.length), type, length(32), digest(seed)]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

const hex = (seed: string) => digest(seed).toString("hex");

/** Outputs that other resources build upon, so that a program runs to its end without any machine. */
const OUTPUTS: Record<string, (resource: RecordedResource) => Simulated> = {
  "labwright:ssh:HostKey": ({ name }) => ({
    outputs: {
      publicKey: publicKey(name),
      privateKey: `simulated private key of ${name}\n`,
      fingerprint: `SHA256:${hex(name).slice(0, 43)}`,
    },
    secretOutputs: ["privateKey"],
  }),
  "labwright:host:Machine": ({ name }) => ({
    outputs: {
      machineId: hex(name).slice(0, 32),
      hostname: name,
      distribution: "debian",
      release: "12",
      initSystem: "systemd",
      packageManager: "apt",
      architecture: "x86_64",
    },
  }),
  "labwright:host:Unit": ({ name }) => ({ outputs: { sha256: hex(name) } }),
  "labwright:host:Timer": ({ name }) => ({
    outputs: { sha256: hex(name), lastResult: "none", lastRun: "", nextElapse: "" },
  }),
  "labwright:tls:Authority": ({ name }) => ({
    outputs: {
      certificatePem: `simulated certificate of ${name}\n`,
      notAfter: "2035-01-01T00:00:00Z",
    },
  }),
  "labwright:tls:Certificate": ({ name, inputs }) => ({
    outputs: {
      certificatePem: `simulated certificate of ${name}\n`,
      certificatePath: `/etc/labwright/tls/${String(inputs["name"])}/certificate.pem`,
      chainPath: `/etc/labwright/tls/${String(inputs["name"])}/chain.pem`,
      keyPath: `/etc/labwright/tls/${String(inputs["name"])}/key.pem`,
      notAfter: "2035-01-01T00:00:00Z",
      serial: hex(name).slice(0, 16),
    },
  }),
};

/** What Labwright's own kinds come back with when nothing else is asked for. */
export function simulateDefaults(resource: RecordedResource): Simulated {
  return OUTPUTS[resource.type]?.(resource) ?? {};
}
