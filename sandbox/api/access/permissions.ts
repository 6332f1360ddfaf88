import { forbidden } from "../api-error";
import type { AccessConfig } from "./access-store";
import { BUILT_IN_ROLES, PRIVILEGES } from "./roles";

/** Who calls: a user, or a token of a user. */
export interface Identity {
  userid: string;
  tokenid?: string;
}

export const authId = ({ userid, tokenid }: Identity): string =>
  tokenid === undefined ? userid : `${userid}!${tokenid}`;

/** Some things only root@pam itself may do; a token of root@pam is somebody else. */
export const isRoot = (who: Identity): boolean =>
  who.userid === "root@pam" && who.tokenid === undefined;

/** Privileges with whether they hold for paths below, too. */
export type Privileges = Map<string, boolean>;

/** Computes what somebody may do, from roles, groups, pools and access control lists. */
export class Permissions {
  constructor(private readonly config: AccessConfig) {}

  private rolePrivileges(roleid: string): readonly string[] {
    return BUILT_IN_ROLES[roleid] ?? this.config.roles[roleid] ?? [];
  }

  /** Roles on a path: the nearest entry wins; entries for a user win over those of its groups. */
  private roles(ugid: string, type: "user" | "token", path: string): Map<string, boolean> {
    const groups = Object.entries(this.config.groups)
      .filter(([, group]) => type === "user" && group.users.includes(ugid))
      .map(([name]) => name);
    let roles = new Map<string, boolean>();
    const parts = path.split("/").filter((part) => part !== "");
    for (let depth = 0; depth <= parts.length; depth++) {
      const here = `/${parts.slice(0, depth).join("/")}`;
      const entries = this.config.acl.filter(
        (acl) => acl.path === here && (acl.propagate === 1 || depth === parts.length),
      );
      const own = entries.filter((acl) => acl.type === type && acl.ugid === ugid);
      const ofGroups = entries.filter((acl) => acl.type === "group" && groups.includes(acl.ugid));
      const found = own.length > 0 ? own : ofGroups;
      if (found.length > 0) roles = new Map(found.map((acl) => [acl.roleid, acl.propagate === 1]));
    }
    return roles.has("NoAccess") ? new Map() : roles;
  }

  private privilegesFromRoles(ugid: string, type: "user" | "token", path: string): Privileges {
    const privileges: Privileges = new Map();
    for (const [roleid, propagate] of this.roles(ugid, type, path))
      for (const name of this.rolePrivileges(roleid))
        privileges.set(name, propagate || privileges.get(name) === true);
    return privileges;
  }

  /** A guest or storage in a pool gets the pool's privileges as well. */
  private withPools(ugid: string, type: "user" | "token", path: string): Privileges {
    const privileges = this.privilegesFromRoles(ugid, type, path);
    const [, kind, id = ""] = path.split("/");
    for (const [poolid, pool] of Object.entries(this.config.pools)) {
      const isMember =
        (kind === "vms" && pool.vms.includes(Number(id))) ||
        (kind === "storage" && pool.storage.includes(id));
      if (!isMember) continue;
      for (const [name] of this.privilegesFromRoles(ugid, type, `/pool/${poolid}`))
        if (!privileges.has(name)) privileges.set(name, false);
    }
    return privileges;
  }

  privileges(who: Identity, path: string): Privileges {
    const everything = (): Privileges => new Map(PRIVILEGES.map((name) => [name, true]));
    const ofUser =
      who.userid === "root@pam" ? everything() : this.withPools(who.userid, "user", path);
    if (who.tokenid === undefined) return ofUser;
    const token = this.config.users[who.userid]?.tokens[who.tokenid];
    if (token === undefined) return new Map();
    if (token.privsep === 0) return ofUser;
    const own = this.withPools(authId(who), "token", path);
    return new Map([...own].filter(([name]) => ofUser.has(name)));
  }

  /** Whether all (or any) of the privileges are held. */
  has(who: Identity, path: string, privileges: readonly string[], any = false): boolean {
    const held = this.privileges(who, path);
    return any
      ? privileges.some((name) => held.has(name))
      : privileges.every((name) => held.has(name));
  }

  check(who: Identity, path: string, privileges: readonly string[], any = false): void {
    if (!this.has(who, path, privileges, any))
      throw forbidden(`${path}, ${privileges.join(any ? "|" : ",")}`);
  }

  /** Paths on which somebody may do something, for `GET /access/permissions`. */
  interestingPaths(who: Identity): string[] {
    const base = ["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"];
    const paths = new Set(who.userid === "root@pam" ? base : []);
    for (const acl of this.config.acl) paths.add(acl.path);
    for (const [poolid, pool] of Object.entries(this.config.pools)) {
      if (this.privileges(who, `/pool/${poolid}`).size === 0) continue;
      for (const vmid of pool.vms) paths.add(`/vms/${String(vmid)}`);
      for (const storage of pool.storage) paths.add(`/storage/${storage}`);
    }
    return [...paths];
  }
}
