import { defineKind, text } from "../../../schema";

/** An SSH host key pair, made before the machine that will have it. */
export const hostKeySchema = defineKind("labwright:ssh:HostKey", {
  doc:
    "An Ed25519 SSH host key pair, made here by OpenSSH's ssh-keygen before its machine exists, so that the very first " +
    "connection is to a known key. Hand the private key to the machine in cloud-init's `ssh_keys`.",
  place: "here",
  inputs: {
    comment: text({
      doc: "Comment at the end of the public key, usually the machine's name. A change makes a new key.",
      default: "",
      replaces: true,
    }),
  },
  outputs: {
    publicKey: text({
      doc: "Public key line: `ssh-ed25519 AAAA...`, with the comment.",
      stable: true,
    }),
    privateKey: text({ doc: "Private key in OpenSSH's PEM format.", secret: true, stable: true }),
    fingerprint: text({
      doc: "Fingerprint as `ssh-keygen -l` prints it: `SHA256:...`.",
      stable: true,
    }),
  },
});
