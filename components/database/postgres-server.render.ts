/** What a server's settings are made from. */
export interface PostgresOptions {
  listen: readonly string[];
  port: number;
  maxConnections?: number;
  memoryMiB?: number;
  settings: Readonly<Record<string, string | number | boolean>>;
}

/** Settings that `PostgresServer` makes of its own arguments alone. */
export const ownSettings = ["listen_addresses", "port", "max_connections", "password_encryption"];

/**
 * The settings by name, as in postgresql.conf. Of the memory, a quarter is for PostgreSQL's own buffers and three quarters are
 * what it may expect to be cached (20.4.1 and 20.7.2 of its manual); a sixteenth, at most 1 GiB, is for vacuum and indexes.
 */
export function postgresSettings(options: PostgresOptions): Record<string, string> {
  const { listen, port, maxConnections, memoryMiB } = options;
  const megabytes = (share: number) => `${Math.floor(share)}MB`;
  const memory: Record<string, string> =
    memoryMiB === undefined
      ? {}
      : {
          shared_buffers: megabytes(memoryMiB / 4),
          effective_cache_size: megabytes((memoryMiB * 3) / 4),
          maintenance_work_mem: megabytes(Math.min(memoryMiB / 16, 1024)),
        };
  return {
    listen_addresses: listen.join(","),
    port: String(port),
    password_encryption: "scram-sha-256",
    ...(maxConnections === undefined ? {} : { max_connections: String(maxConnections) }),
    ...memory,
    ...Object.fromEntries(
      Object.entries(options.settings).map(([name, value]) => [name, settingText(value)]),
    ),
  };
}

function settingText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return String(value);
}
