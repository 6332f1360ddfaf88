import { ledgerKey } from "../../../apply/ownership";
import { quote } from "../../../host/quote";
import { shellSource } from "../../../host/shell-source";
import { type Context, kind } from "../../../kind";
import { checkUserName } from "../../../../validation/linux";
import { keyLines, parseKeyLines } from "./authorized-key";
import { checkUser } from "./check";
import { userSchema } from "./schema";

/** Seconds after which a change to our own login is undone on the host, unless a fresh login succeeded before. */
const UNDO_AFTER = 60;

const functions = (): string =>
  ["user", "keys", "login"].map((name) => shellSource(`kinds/host/user/${name}.sh`)).join("\n");

/** `labwright:host:User`. */
export const userKind = kind({
  schema: userSchema,
  check: checkUser,
  physical: ({ name }) => name,
  parse: (physical) => (checkUserName(physical) ? undefined : { name: physical }),

  async read(ctx, { physical: name, prior }) {
    const { fields } = await ctx.host.query({
      step: `look at user ${name}`,
      text: `${functions()}
look_at_user ${quote(name)}
[ "$found" = 1 ] || exit 0
field uid "$uid"; field gid "$gid"; field comment "$comment"; field home "$home"; field shell "$shell"
field primary "$primary"; field groups "$groups"
read_keys`,
    });
    if (fields.uid === undefined) return undefined;
    const { shell, home, comment, primary, unsafe } = fields;
    if (unsafe) ctx.warn(`sshd takes none of ${name}'s keys: ${unsafe}`);
    const groups = fields.groups!.split("\n").filter(Boolean);
    return {
      name,
      primaryGroup: primary,
      groups: sameMembers(groups, prior?.groups) ? prior!.groups : groups,
      shell,
      home,
      comment,
      authorizedKeys: unsafe ? [] : parseKeyLines(fields.keys ?? "", prior?.authorizedKeys),
      uid: Number(fields.uid),
      gid: Number(fields.gid),
    };
  },

  async apply(ctx, { inputs }) {
    const { name, uid, primaryGroup, groups, shell, home, comment, system, authorizedKeys } =
      inputs;
    const words = (...values: string[]): string => values.map(quote).join(" ");
    const own = ctx.host.connection.user === name;
    const { fields } = await ctx.change({
      step: `bring user ${name} to its state`,
      text: `${functions()}
user=${quote(name)}
[ -x ${quote(shell)} ] || fail ${quote(`there is no ${shell} on this host: install its package, or use another shell`)}
look_at_user "$user"
if [ "$found" = 0 ]; then
  make_user "$user" ${words(uid?.toString() ?? "", primaryGroup ?? "", shell, home ?? "", comment)} ${system ? 1 : 0}
  look_at_user "$user"
  [ "$found" = 1 ] || fail "$user was not made although the tools say so"
fi
${uid === undefined ? "" : `[ "$uid" = ${uid} ] || fail "$user is there with the user id $uid and not ${uid}"`}
${own ? `arm_login ${UNDO_AFTER}` : ""}
change_user "$user" ${words(primaryGroup ?? "", shell, home ?? "", comment)}
set_groups "$user" "$in/groups"
look_at_user "$user"
${system ? "" : "make_home"}
write_keys "$in/keys"
field uid "$uid"; field gid "$gid"`,
      files: {
        groups: groups.map((group) => `${group}\n`).join(""),
        keys: keyLines(authorizedKeys),
      },
      exists: `grep -q "^"${quote(name)}: /etc/passwd`,
      lock: "users",
    });
    if (own) await proveLogin(ctx, name);
    return { uid: Number(fields.uid), gid: Number(fields.gid) };
  },

  async remove(ctx, { name, removeHome }) {
    const own = ctx.host.connection.user === name;
    await ctx.release({
      step: `delete user ${name}`,
      text: `${functions()}
user=${quote(name)}
look_at_user "$user"
[ "$found" = 1 ] || exit 0
if [ "$adopted" = 1 ]${own ? ` || [ ! -e "$ledger_entry" ]` : ""}; then
  ${own ? `arm_login ${UNDO_AFTER}` : ""}
  write_keys /dev/null
else
  ${own ? `fail "$user is the user that this connection logs in as: log in as another one to delete it"` : ""}
  delete_user "$user" ${removeHome ? 1 : 0}
fi`,
      lock: "users",
    });
    if (own) await proveLogin(ctx, name);
  },
});

/** Logs in anew after a change of the user we log in as, and undoes the change when that fails. */
async function proveLogin(ctx: Context, name: string): Promise<void> {
  const settle = (step: string, text: string) =>
    ctx.host.run({
      step,
      text: `${functions()}
user=${quote(name)} key=${quote(ledgerKey(userSchema.token, name))}
lock users
${text}`,
    });
  try {
    await ctx.host.proveLogin();
  } catch (error) {
    await settle(`put user ${name} back`, `undo_login "$user"`);
    throw new Error(
      `with this change nobody could log in as ${name} any more, as Pulumi itself does, so it was undone: ` +
        `keep the key in authorizedKeys, or log in as another user (${(error as Error).message})`,
      { cause: error },
    );
  }
  await settle(`keep user ${name} as it is`, "disarm_login");
}

function sameMembers(a: readonly string[], b: readonly string[] | undefined): boolean {
  return b !== undefined && [...a].sort().join() === [...b].sort().join();
}
