import type { AnyKind } from "../kind";
import { directoryKind } from "./host/directory/kind";
import { fileKind } from "./host/file/kind";

/** All kinds. A new kind is one more folder, one line here and one in schemas.ts. */
export const kinds: readonly AnyKind[] = [directoryKind, fileKind];
