import type { Checker } from "../../../../validation/checker";

/** A systemd unit, with or without its type, or an OpenRC service. */
export const checkServiceName: Checker = (value) =>
  typeof value === "string" && /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,254}$/.test(value)
    ? undefined
    : "use the name of a service, such as nginx";

/** The name under which a service's changes are locked: `nginx` and `nginx.service` are one. */
export function serviceLock(unit: string): string {
  return unit.replace(/\.service$/, "");
}
