/** Containers, and hosts inside hosts. */
export { NspawnMachine } from "./nspawn-machine";
export type {
  ArchiveImage,
  BootstrapImage,
  ClonedContainer,
  ClonedImage,
  ContainerBind,
  ContainerLimits,
  ContainerNetwork,
  ContainerPort,
  NspawnMachineArgs,
} from "./nspawn-machine-args";
