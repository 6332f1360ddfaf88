import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { postgres } from "../../resources";
import type { PgClient } from "./pg-database-args";
import { clientNetwork } from "./pg-database.validate";
import type { PostgresCluster } from "./postgres-cluster";

/** What an application needs to log in. */
export interface PgLogin {
  /** Name of the role. */
  user: pulumi.Output<string>;
  /** Its password, a secret. */
  password: pulumi.Output<string>;
  /** `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, a secret. */
  url: pulumi.Output<string>;
}

/** A role with a login, and what it needs. */
export interface LoginSpec {
  server: PostgresCluster;
  role: string;
  password?: pulumi.Input<string>;
  passwordVersion?: number | string;
  connectionLimit?: number;
  adopt?: boolean;
}

/** A role with its password: the one given, or a random one that changes with `passwordVersion`. */
export function addLogin(
  name: string,
  spec: LoginSpec,
  parent: pulumi.Resource,
): { role: postgres.Role; password: pulumi.Output<string> } {
  const { server } = spec;
  const password = pulumi.secret(
    spec.password === undefined
      ? new random.RandomPassword(
          `${name}-password`,
          // Letters and digits alone: whatever reads the URL needs no escapes.
          { length: 32, special: false, keepers: { version: String(spec.passwordVersion ?? 1) } },
          { parent },
        ).result
      : spec.password,
  );
  const role = new postgres.Role(
    name,
    {
      host: server.host.connection,
      cluster: server.cluster,
      name: spec.role,
      password,
      connectionLimit: spec.connectionLimit,
      adopt: spec.adopt,
    },
    server.host.options({ parent, dependsOn: server.ready }),
  );
  return { role, password };
}

/** One rule for each client: this role, to this database, from there, with its password. */
export function addAccess(
  name: string,
  server: PostgresCluster,
  database: string,
  user: string,
  clients: readonly PgClient[],
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): postgres.HbaRule[] {
  return clients
    .map(clientNetwork)
    .map(
      (address) =>
        new postgres.HbaRule(
          `${name}-from-${address}`,
          { host: server.host.connection, cluster: server.cluster, database, user, address },
          server.host.options(options),
        ),
    );
}

/** What a role needs to read the schema public of a database, and what its owner puts there later. */
export function addReading(
  name: string,
  server: PostgresCluster,
  grantee: { database: string; owner: string; role: string },
  options: { parent: pulumi.Resource; dependsOn: pulumi.Resource[] },
): postgres.Grant[] {
  const { database, owner, role } = grantee;
  const grants = {
    connect: { on: "database", privileges: ["CONNECT"] },
    schema: { on: "schema", privileges: ["USAGE"] },
    tables: { on: "tables", privileges: ["SELECT"], futureOf: owner },
    sequences: { on: "sequences", privileges: ["SELECT"], futureOf: owner },
  } as const;
  return Object.entries(grants).map(
    ([part, grant]) =>
      new postgres.Grant(
        `${name}-${part}`,
        {
          host: server.host.connection,
          cluster: server.cluster,
          database,
          role,
          ...grant,
          privileges: [...grant.privileges],
        },
        server.host.options(options),
      ),
  );
}

/** What a role needs, known once it may connect. */
export function loginOutputs(
  server: PostgresCluster,
  { database, role, password }: { database: string; role: string; password: pulumi.Output<string> },
  waits: readonly pulumi.Resource[],
): PgLogin & { database: pulumi.Output<string> } {
  const ready = pulumi.all(waits.map(({ urn }) => urn));
  return {
    database: ready.apply(() => database),
    user: ready.apply(() => role),
    password,
    url: pulumi.secret(
      pulumi
        .all([ready, password])
        .apply(([, known]) => postgresUrl(server, role, known, database)),
    ),
  };
}

/** The URL of libpq (34.1.1.2 of PostgreSQL's manual). */
function postgresUrl(
  { address, port }: PostgresCluster,
  user: string,
  password: string,
  database: string,
): string {
  const host = address.includes(":") ? `[${address}]` : address;
  const part = (text: string) => encodeURIComponent(text);
  return `postgresql://${part(user)}:${part(password)}@${host}:${port}/${part(database)}`;
}
