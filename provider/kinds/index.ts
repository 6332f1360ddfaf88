import type { AnyKind } from "../kind";
import { zoneKind } from "./bind/zone/kind";
import { recordKind } from "./dns/record/kind";
import { exportKind as ganeshaExportKind } from "./ganesha/export/kind";
import { directoryKind } from "./host/directory/kind";
import { fileKind } from "./host/file/kind";
import { filesystemKind } from "./host/filesystem/kind";
import { machineKind } from "./host/machine/kind";
import { mountKind } from "./host/mount/kind";
import { packageKind } from "./host/package/kind";
import { serviceKind } from "./host/service/kind";
import { timerKind } from "./host/timer/kind";
import { unitKind } from "./host/unit/kind";
import { userKind } from "./host/user/kind";
import { offerKind } from "./lab/offer/kind";
import { exportKind as nfsExportKind } from "./nfs/export/kind";
import { siteKind } from "./nginx/site/kind";
import { databaseKind } from "./postgres/database/kind";
import { grantKind } from "./postgres/grant/kind";
import { hbaRuleKind } from "./postgres/hba-rule/kind";
import { roleKind } from "./postgres/role/kind";
import { serverKind } from "./postgres/server/kind";
import { imageKind } from "./nspawn/image/kind";
import { machineKind as nspawnMachineKind } from "./nspawn/machine/kind";
import { hostKeyKind } from "./ssh/host-key/kind";
import { authorityKind } from "./tls/authority/kind";
import { certificateKind } from "./tls/certificate/kind";

/** All kinds. A new kind is one more folder, one line here and one in schemas.ts. */
export const kinds: readonly AnyKind[] = [
  zoneKind,
  recordKind,
  ganeshaExportKind,
  directoryKind,
  fileKind,
  filesystemKind,
  machineKind,
  mountKind,
  packageKind,
  serviceKind,
  timerKind,
  unitKind,
  userKind,
  offerKind,
  nfsExportKind,
  siteKind,
  databaseKind,
  grantKind,
  hbaRuleKind,
  roleKind,
  serverKind,
  imageKind,
  nspawnMachineKind,
  hostKeyKind,
  authorityKind,
  certificateKind,
];
