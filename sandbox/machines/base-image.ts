import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { Progress } from "../../engine/progress";
import { command } from "../command";
import type { BaseRecipe } from "./base-recipe";
import { baseFiles, baseFinish, basePackages } from "./base-recipe";

/** The key under which a recipe's image is kept. */
export function baseKey(recipe: BaseRecipe): string {
  const content = JSON.stringify([recipe, basePackages, baseFiles(recipe), baseFinish]);
  return `${recipe.release}-${createHash("sha256").update(content).digest("hex").slice(0, 12)}`;
}

/**
 * The root folder of the base image, built when the cache does not have it. An image appears under
 * its key all at once, so a build that was killed leaves nothing that could be taken for one.
 */
export async function ensureBaseImage(
  recipe: BaseRecipe,
  cacheDir: string,
  progress: Progress,
): Promise<string> {
  const image = path.join(cacheDir, "base", baseKey(recipe));
  const root = path.join(image, "root");
  if (await exists(root)) return root;

  await fs.mkdir(path.dirname(image), { recursive: true });
  const building = await fs.mkdtemp(`${image}.building-`);
  progress.step(`Building the machines' base image (Debian ${recipe.release}, about a minute)`);
  try {
    await build(recipe, building);
    await fs.rename(building, image).catch(async (error: unknown) => {
      // Somebody else built the same at the same time: theirs is as good.
      if (!(await exists(root))) throw error;
    });
  } catch (error) {
    progress.failed();
    throw error;
  } finally {
    await fs.rm(building, { recursive: true, force: true });
  }
  progress.done();
  return root;
}

async function build(recipe: BaseRecipe, building: string): Promise<void> {
  await buildRoot({
    recipe,
    folder: building,
    packages: basePackages,
    files: baseFiles(recipe),
    finish: baseFinish,
  });
}

export interface RootBuild {
  recipe: BaseRecipe;
  /** Folder that gets `root`, and to which the finishing shell may write. */
  folder: string;
  packages: string[];
  /** Files that no package brings, by path. */
  files: Record<string, string>;
  /** Shell run at the end with the root folder, a folder with the files and `folder` as its arguments. */
  finish: string;
}

/** Makes a root folder of Debian's packages and our files. */
export async function buildRoot(what: RootBuild): Promise<void> {
  const { recipe, folder } = what;
  const files = path.join(folder, "files");
  for (const [name, text] of Object.entries(what.files)) {
    await fs.mkdir(path.dirname(path.join(files, name)), { recursive: true });
    await fs.writeFile(path.join(files, name), text);
  }
  const finish = path.join(folder, "finish.sh");
  await fs.writeFile(finish, what.finish);
  await fs.writeFile(path.join(folder, "sources.list"), recipe.buildSources);
  await command(
    "mmdebstrap",
    [
      "--variant=minbase",
      "--mode=root",
      `--include=${what.packages.join(",")}`,
      '--customize-hook=sh "$LAB_FINISH" "$1" "$LAB_FILES" "$LAB_FOLDER"',
      recipe.release,
      path.join(folder, "root"),
      path.join(folder, "sources.list"),
    ],
    {
      // Nothing of the caller's environment may end up in the image.
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        LANG: "C.UTF-8",
        LAB_FINISH: finish,
        LAB_FILES: files,
        LAB_FOLDER: folder,
      },
      timeoutSeconds: 1800,
    },
  );
  await fs.rm(files, { recursive: true });
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
