import { shellSource } from "../../../host/shell-source";

/** The shell functions for unit files. */
export function unitFunctions(): string {
  return `${shellSource("kinds/host/service/service.sh")}\n${shellSource("kinds/host/unit/unit.sh")}`;
}
