import type { IssueList } from "../../validation/checker";
import { integerBetween, secondsBetween } from "../../validation/number";

/** When machines start relative to others on the same Proxmox node (the `startup` option of a virtual machine). */
export interface BootTier {
  /** Place in the order: lower starts earlier and stops later, 1-9999. */
  order: number;
  /** Seconds to wait after a machine of this tier before the next one is started. Default none. */
  upDelaySeconds?: number;
  /** Seconds to wait after a machine of this tier was shut down. Default none. */
  downDelaySeconds?: number;
}

/** Named boot tiers. */
export type BootTiers = Record<string, BootTier>;

/**
 * The tiers of a lab that names none itself: name servers and routers first, then what keeps data, then the rest. The
 * delays give a daemon time to answer before the first machine that needs it boots.
 */
export const defaultBootTiers: BootTiers = {
  names: { order: 10, upDelaySeconds: 5 },
  storage: { order: 20, upDelaySeconds: 10 },
  services: { order: 30 },
};

export function checkBootTiers(issues: IssueList, tiers: BootTiers): void {
  const delay = secondsBetween(0, 3600);
  for (const name of Object.keys(tiers).sort()) {
    const tier = tiers[name]!;
    issues.check(`bootTiers.${name}.order`, tier.order, integerBetween(1, 9999));
    issues.checkOptional(`bootTiers.${name}.upDelaySeconds`, tier.upDelaySeconds, delay);
    issues.checkOptional(`bootTiers.${name}.downDelaySeconds`, tier.downDelaySeconds, delay);
  }
}
