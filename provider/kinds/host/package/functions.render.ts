import { shellSource } from "../../../host/shell-source";

const managers = ["apt", "apk", "dnf", "pacman"] as const;

/** Shell functions of the host's own package manager, whichever it is. Pure but for reading the project's own files. */
export function packageFunctions(): string {
  const branches = managers.map(
    (name) => `${name})\n${shellSource(`kinds/host/package/${name}.sh`)};;`,
  );
  return `${shellSource("kinds/host/package/manager.sh")}
case $(package_manager) in
${branches.join("\n")}
*) exit 1 ;;
esac`;
}
