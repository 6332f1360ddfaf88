import * as pulumi from "@pulumi/pulumi";
import { postgres } from "../../resources";
import { refuse } from "../refuse";
import type { PgDatabaseArgs } from "./pg-database-args";
import { checkPgDatabase } from "./pg-database.validate";
import { addAccess, addLogin, addReading, loginOutputs, type PgLogin } from "./pg-login";

/**
 * A database with a role that owns it and a password of its own, reachable from exactly where it says. A delete is refused until
 * `protect: false`, and then keeps a dump beside the server.
 *
 * ```ts
 * const gitea = new PgDatabase("gitea", { server: pg, allowFrom: [appvm] });
 * ```
 */
export class PgDatabase extends pulumi.ComponentResource implements PgLogin {
  /** Address of the server. */
  readonly host: string;
  /** TCP port of the server. */
  readonly port: number;
  /** Name of the database, known once it is there and may be connected to. */
  readonly name: pulumi.Output<string>;
  readonly user: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** What each of the `readers` needs, by its name. */
  readonly readers: Readonly<Record<string, PgLogin>>;

  constructor(name: string, args: PgDatabaseArgs, options?: pulumi.ComponentResourceOptions) {
    super("labwright:database:PgDatabase", name, {}, options);
    const { server } = args;
    const database = args.database ?? name;
    const owner = args.owner ?? database;
    const issues = checkPgDatabase(args, database, owner);
    refuse(this, `PgDatabase ${JSON.stringify(name)}`, issues.issues);
    server.claim("database", database, name);
    for (const role of [owner, ...Object.keys(args.readers ?? {})])
      server.claim("role", role, name);

    const login = addLogin(
      `${name}-owner`,
      {
        server,
        role: owner,
        password: args.password,
        passwordVersion: args.passwordVersion,
        adopt: args.adopt,
      },
      this,
    );
    const access = addAccess(`${name}-owner`, server, database, owner, args.allowFrom ?? [], {
      parent: this,
      dependsOn: [login.role],
    });
    const made = new postgres.Database(
      name,
      {
        host: server.host.connection,
        cluster: server.cluster,
        name: database,
        owner,
        encoding: args.encoding,
        locale: args.locale ?? "C.UTF-8",
        connectionLimit: args.connectionLimit,
        extensions: args.extensions,
        keepDump: args.keepDump,
        adopt: args.adopt,
      },
      server.host.options({
        parent: this,
        // A database that may not go keeps those who may use it: what it waits for goes after it.
        dependsOn: [login.role, ...access],
        protect: args.protect ?? true,
      }),
    );

    this.host = server.address;
    this.port = server.port;
    const outputs = (role: string, password: pulumi.Output<string>, waits: pulumi.Resource[]) =>
      loginOutputs(server, { database, role, password }, [made, ...waits]);
    const own = outputs(owner, login.password, []);
    this.name = own.database;
    this.user = own.user;
    this.password = own.password;
    this.url = own.url;
    this.readers = Object.fromEntries(
      Object.entries(args.readers ?? {}).map(([role, reader]) => {
        const label = `${name}-reader-${role}`;
        const { allowFrom = [], ...rest } = reader;
        const { role: resource, password } = addLogin(
          label,
          { ...rest, server, role, adopt: args.adopt },
          this,
        );
        const options = { parent: this, dependsOn: [made, resource] };
        const waits = [
          ...addReading(label, server, { database, owner, role }, options),
          ...addAccess(label, server, database, role, allowFrom, options),
        ];
        const { user, url } = outputs(role, password, waits);
        return [role, { user, password, url }];
      }),
    );
    this.registerOutputs({
      host: this.host,
      port: this.port,
      name: this.name,
      user: this.user,
      password: this.password,
      url: this.url,
      readers: this.readers,
    });
  }
}
