/** Files as a tree of folders, folders first, both by name. */

import type { ArtifactView } from "@/lib/views";

export interface Folder {
  readonly name: string;
  readonly path: string;
  readonly folders: readonly Folder[];
  readonly files: readonly ArtifactView[];
}

export function treeOf(artifacts: readonly ArtifactView[], path = ""): Folder {
  const folders = new Map<string, ArtifactView[]>();
  const files: ArtifactView[] = [];
  for (const artifact of artifacts) {
    const rest = artifact.path.slice(path.length);
    const slash = rest.indexOf("/");
    if (slash < 0) {
      files.push(artifact);
      continue;
    }
    const name = rest.slice(0, slash);
    const inside = folders.get(name);
    if (inside) inside.push(artifact);
    else folders.set(name, [artifact]);
  }
  return {
    name: path.split("/").at(-2) ?? "",
    path,
    folders: [...folders].map(([name, inside]) => treeOf(inside, `${path}${name}/`)),
    files,
  };
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
