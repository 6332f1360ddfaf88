import { VERSION } from "../version";
import { index, type Route } from "./call";
import { accessRoutes } from "./access";
import { clusterRoutes } from "./cluster";
import { lxcRoutes } from "./lxc";
import { nodeRoutes } from "./nodes";
import { poolRoutes } from "./pools";
import { qemuRoutes } from "./qemu";
import { sessionRoutes } from "./session";
import { storageRoutes } from "./storage";
import { taskRoutes } from "./tasks";
import { transferRoutes } from "./transfer";
import { userRoutes } from "./users";

/** Everything that is served. */
export const ROUTES: Route[] = [
  index("", "subdir", ["version", "cluster", "nodes", "storage", "access", "pools"]),
  { method: "GET", path: "/version", handler: () => VERSION },
  ...sessionRoutes,
  ...accessRoutes,
  ...userRoutes,
  ...clusterRoutes,
  ...nodeRoutes,
  ...storageRoutes,
  ...transferRoutes,
  ...qemuRoutes,
  ...lxcRoutes,
  ...taskRoutes,
  ...poolRoutes,
];
