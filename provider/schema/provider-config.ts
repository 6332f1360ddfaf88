import { integer, text } from "./field";

/**
 * The provider's configuration: credentials and connection settings of the person who runs Pulumi, never of a resource,
 * so that rotating a key changes no resource.
 */
export const providerConfig = {
  sshIdentityFile: text({
    doc:
      "File with the private key to log in with. Default: the environment variable LABWRIGHT_SSH_IDENTITY_FILE, " +
      "else whatever OpenSSH finds by itself (agent, ssh_config, default files).",
    optional: true,
  }),
  sshPrivateKey: text({
    doc:
      "Private key to log in with, as text. Kept in memory and in a file of mode 0600 in a folder of the provider's own " +
      "while it runs. Not together with sshIdentityFile.",
    optional: true,
    secret: true,
  }),
  sshConfigFile: text({
    doc: "OpenSSH client configuration to use instead of ~/.ssh/config (ssh -F). `none` reads no configuration at all.",
    optional: true,
  }),
  knownHostsFile: text({
    doc:
      "known_hosts file that gives the host keys for `pulumi import`, which has no other source for them. Default: the " +
      "environment variable LABWRIGHT_KNOWN_HOSTS_FILE, else ~/.ssh/known_hosts.",
    optional: true,
  }),
  connectTimeoutSeconds: integer({
    doc: "Seconds to wait for a connection to a host. Default 10.",
    default: 10,
    minimum: 1,
    maximum: 600,
  }),
} as const;
