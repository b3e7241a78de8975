/** Files by the part of the work that they came from. */

import type { ArtifactView, RunView } from "@/lib/views";
import { words } from "@/words";

export interface Stage {
  /** The step; empty for files of none. */
  readonly id: string;
  readonly title: string;
  readonly files: readonly ArtifactView[];
}

/** Those that have files, in the order of the work. */
export function stagesOf({ steps, artifacts }: Pick<RunView, "steps" | "artifacts">): readonly Stage[] {
  const known = new Set(steps.map(({ step }) => step));
  const stages = steps.map(({ step, title }): Stage => {
    return { id: step, title, files: artifacts.filter((file) => file.step === step) };
  });
  const others = artifacts.filter(({ step }) => step === null || !known.has(step));
  return [...stages, { id: "", title: words.files.ofNoStage, files: others }].filter(
    ({ files }) => files.length > 0,
  );
}
