/** Stacks that use each other's things. */
export type { Handle, HandleContract, HandleSource } from "../handle";
export type { ContractByType, Contracts } from "./contracts";
export { labReference } from "./lab-reference";
export type { HandlesOf } from "./lab-reference";
export { offer } from "./offer";
export type { Offerable, Offered, OfferOptions } from "./offer";
