import type { Checker } from "./checker";

/** A unicast MAC address. Proxmox refuses addresses with the group bit set (the lowest bit of the first octet). */
export const checkMac: Checker = (value) => {
  if (typeof value !== "string" || !/^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$/.test(value))
    return "use six octets such as BC:24:11:4D:00:35";
  return parseInt(value.slice(0, 2), 16) & 1
    ? "use a unicast address: the first octet has to be even"
    : undefined;
};
