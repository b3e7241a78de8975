/** What a project's page does not need at first sight: loaded when it is wanted, or when there is nothing better to do. */

import { ConfirmDialog } from "@/ui/confirm";
import { later } from "@/ui/later";

export const ArtifactPreview = later(() => import("./artifact-preview").then((all) => all.ArtifactPreview));
export const ApprovalDecision = later(() => import("./approval").then((all) => all.ApprovalDecision));
export const BudgetDecision = later(() => import("./budget-decision").then((all) => all.BudgetDecision));
export const OpenStepMenu = later(() => import("./open-step-menu").then((all) => all.OpenStepMenu));
export const ChangesView = later(() => import("./changes-view").then((all) => all.ChangesView));
export const EditorDialog = later(() => import("./editor-dialog").then((all) => all.EditorDialog));

const PARTS = [
  ArtifactPreview,
  ApprovalDecision,
  BudgetDecision,
  OpenStepMenu,
  ChangesView,
  EditorDialog,
  ConfirmDialog,
];

/** A server that is away afterwards keeps nobody from them. It never rejects. */
export async function preloadParts(): Promise<void> {
  await Promise.all(PARTS.map((part) => part.preload()));
}
