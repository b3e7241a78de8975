/** How a file is shown, from its name and media type. */

import type { ArtifactView } from "@/lib/views";
import { languageOf } from "@/ui/highlight";
import { nameOf } from "./tree";

export type FileKind = "markdown" | "html" | "image" | "code";

/** Longer files are downloaded rather than shown (bytes). */
export const PREVIEW_BYTES = 1_000_000;

export function kindOf(path: string, mediaType: string): FileKind {
  if (mediaType.startsWith("image/")) return "image";
  if (mediaType.startsWith("text/markdown") || /\.(md|markdown)$/i.test(path)) return "markdown";
  if (mediaType.startsWith("text/html") || /\.html?$/i.test(path)) return "html";
  return "code";
}

/** Whether it may be changed as a text here: what the server takes for one, and what can be shown. */
export function isEditable({ media_type, size }: Pick<ArtifactView, "media_type" | "size">): boolean {
  return size <= PREVIEW_BYTES && (media_type.startsWith("text/") || TEXTS.includes(media_type));
}

const TEXTS: readonly string[] = [
  "application/json",
  "application/yaml",
  "application/toml",
  "application/xml",
  "image/svg+xml",
];

/** The language to colour a file by. */
export function fileLanguage(path: string): string {
  const name = nameOf(path);
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1) : name;
  return languageOf(extension) ?? "text";
}
