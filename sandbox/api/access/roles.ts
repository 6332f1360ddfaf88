/** Built-in roles and their privileges. Source: PVE::AccessControl of Proxmox VE 9 (`GET /access/roles`). */

const VM_USER = [
  "VM.Audit",
  "VM.Backup",
  "VM.Config.CDROM",
  "VM.Config.Cloudinit",
  "VM.Console",
  "VM.GuestAgent.Audit",
  "VM.GuestAgent.FileRead",
  "VM.GuestAgent.FileSystemMgmt",
  "VM.GuestAgent.FileWrite",
  "VM.PowerMgmt",
];
const VM_ADMIN = [
  ...VM_USER,
  "VM.Allocate",
  "VM.Clone",
  "VM.Config.CPU",
  "VM.Config.Disk",
  "VM.Config.HWType",
  "VM.Config.Memory",
  "VM.Config.Network",
  "VM.Config.Options",
  "VM.GuestAgent.Unrestricted",
  "VM.Migrate",
  "VM.Replicate",
  "VM.Snapshot",
  "VM.Snapshot.Rollback",
];
const DATASTORE_USER = ["Datastore.AllocateSpace", "Datastore.Audit"];
const DATASTORE_ADMIN = [...DATASTORE_USER, "Datastore.Allocate", "Datastore.AllocateTemplate"];
const SDN_USER = ["SDN.Audit", "SDN.Use"];
const SDN_ADMIN = [...SDN_USER, "SDN.Allocate"];
const SYS_ADMIN = ["Sys.Audit", "Sys.Console", "Sys.Syslog"];
const USER_ADMIN = ["Group.Allocate", "Realm.AllocateUser", "User.Modify"];
const MAPPING_USER = ["Mapping.Audit", "Mapping.Use"];
const POOL_ADMIN = ["Pool.Allocate", "Pool.Audit"];
const ADMIN = [
  ...VM_ADMIN,
  ...DATASTORE_ADMIN,
  ...SDN_ADMIN,
  ...SYS_ADMIN,
  ...USER_ADMIN,
  ...MAPPING_USER,
  ...POOL_ADMIN,
];
const ROOT_ONLY = [
  "Mapping.Modify",
  "Permissions.Modify",
  "Realm.Allocate",
  "Sys.AccessNetwork",
  "Sys.Incoming",
  "Sys.Modify",
  "Sys.PowerMgmt",
];

export const PRIVILEGES: readonly string[] = [...ADMIN, ...ROOT_ONLY].sort();

export const BUILT_IN_ROLES: Readonly<Record<string, readonly string[]>> = {
  Administrator: PRIVILEGES,
  NoAccess: [],
  PVEAdmin: ADMIN,
  PVEAuditor: [
    "Datastore.Audit",
    "Mapping.Audit",
    "Pool.Audit",
    "SDN.Audit",
    "Sys.Audit",
    "VM.Audit",
    "VM.GuestAgent.Audit",
  ],
  PVEDatastoreAdmin: DATASTORE_ADMIN,
  PVEDatastoreUser: DATASTORE_USER,
  PVEMappingAdmin: [...MAPPING_USER, "Mapping.Modify"],
  PVEMappingUser: MAPPING_USER,
  PVEPoolAdmin: POOL_ADMIN,
  PVEPoolUser: ["Pool.Audit"],
  PVESDNAdmin: SDN_ADMIN,
  PVESDNUser: SDN_USER,
  PVESysAdmin: SYS_ADMIN,
  PVETemplateUser: ["VM.Audit", "VM.Clone"],
  PVEUserAdmin: USER_ADMIN,
  PVEVMAdmin: VM_ADMIN,
  PVEVMUser: VM_USER,
};
