/** Hosts, and the plain things on them. */
export { Host } from "./host";
export type { HostArgs, HostHandle, JoinedMachine, MachineFacts } from "./host";
export { hostFromHandle } from "./host-from-handle";
export { existingHost } from "./existing-host";
export type { ExistingHostArgs, SshAddress } from "./existing-host";
export { HostCommand } from "./host-command";
export type { HostCommandArgs } from "./host-command-args";
export { sshKeyFromConfig } from "./ssh-key-from-config";
export {
  Directory,
  File,
  Filesystem,
  Machine,
  Mount,
  Package,
  Service,
  Timer,
  Unit,
  User,
} from "../../resources/host";
export type {
  DirectoryArgs,
  FileArgs,
  FilesystemArgs,
  MachineArgs,
  MountArgs,
  PackageArgs,
  ServiceArgs,
  TimerArgs,
  UnitArgs,
  UserArgs,
} from "../../resources/host";
