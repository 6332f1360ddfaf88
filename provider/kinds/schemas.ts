import type { KindSchema } from "../schema";
import { zoneSchema } from "./bind/zone/schema";
import { recordSchema } from "./dns/record/schema";
import { exportSchema as ganeshaExportSchema } from "./ganesha/export/schema";
import { directorySchema } from "./host/directory/schema";
import { fileSchema } from "./host/file/schema";
import { filesystemSchema } from "./host/filesystem/schema";
import { machineSchema } from "./host/machine/schema";
import { mountSchema } from "./host/mount/schema";
import { packageSchema } from "./host/package/schema";
import { serviceSchema } from "./host/service/schema";
import { timerSchema } from "./host/timer/schema";
import { unitSchema } from "./host/unit/schema";
import { userSchema } from "./host/user/schema";
import { offerSchema } from "./lab/offer/schema";
import { exportSchema as nfsExportSchema } from "./nfs/export/schema";
import { siteSchema } from "./nginx/site/schema";
import { databaseSchema } from "./postgres/database/schema";
import { grantSchema } from "./postgres/grant/schema";
import { hbaRuleSchema } from "./postgres/hba-rule/schema";
import { roleSchema } from "./postgres/role/schema";
import { serverSchema } from "./postgres/server/schema";
import { imageSchema } from "./nspawn/image/schema";
import { machineSchema as nspawnMachineSchema } from "./nspawn/machine/schema";
import { hostKeySchema } from "./ssh/host-key/schema";
import { authoritySchema } from "./tls/authority/schema";
import { certificateSchema } from "./tls/certificate/schema";

/** The schemas of all kinds: what the package schema and the resource classes are made from. */
export const kindSchemas: readonly KindSchema[] = [
  zoneSchema,
  recordSchema,
  ganeshaExportSchema,
  directorySchema,
  fileSchema,
  filesystemSchema,
  machineSchema,
  mountSchema,
  packageSchema,
  serviceSchema,
  timerSchema,
  unitSchema,
  userSchema,
  offerSchema,
  nfsExportSchema,
  siteSchema,
  databaseSchema,
  grantSchema,
  hbaRuleSchema,
  roleSchema,
  serverSchema,
  imageSchema,
  nspawnMachineSchema,
  hostKeySchema,
  authoritySchema,
  certificateSchema,
];
