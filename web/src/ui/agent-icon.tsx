/** An agent's sign: of its role where that is known, else its initials. */

import { ClipboardList, CodeXml, DraftingCompass, FlaskConical, type LucideIcon, Rocket } from "lucide-react";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  analyst: ClipboardList,
  architect: DraftingCompass,
  developer: CodeXml,
  tester: FlaskConical,
  deployer: Rocket,
};

export function AgentIcon({ name, className }: { name: string; className?: string }) {
  const Icon = ICONS[name.toLowerCase()];
  if (Icon) return <Icon className={className} strokeWidth={1.75} aria-hidden="true" />;
  return (
    <span className="text-[11px] font-semibold uppercase" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return (
    words
      .slice(0, 2)
      .map((word) => [...word][0] ?? "")
      .join("") || "?"
  );
}
