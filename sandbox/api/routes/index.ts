import { VERSION } from "../version";
import { index, type Route } from "./call";
import { clusterRoutes } from "./cluster";
import { nodeRoutes } from "./nodes";
import { poolRoutes } from "./pools";
import { qemuRoutes } from "./qemu";
import { sessionRoutes } from "./session";
import { storageRoutes } from "./storage";
import { taskRoutes } from "./tasks";
import { transferRoutes } from "./transfer";

/** Everything that is served. */
export const ROUTES: Route[] = [
  index("", "subdir", ["version", "cluster", "nodes", "storage", "access", "pools"]),
  { method: "GET", path: "/version", handler: () => VERSION },
  ...sessionRoutes,
  ...clusterRoutes,
  ...nodeRoutes,
  ...storageRoutes,
  ...transferRoutes,
  ...qemuRoutes,
  ...taskRoutes,
  ...poolRoutes,
];
