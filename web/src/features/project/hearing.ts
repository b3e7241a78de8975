/** Who hears a note, in words. */

import { stepEnded } from "@/lib/reduce";
import type { NoteView, StepView } from "@/lib/views";
import { words } from "@/words";

const says = words.notes;

type Step = Pick<StepView, "step" | "agent_name" | "status">;

/** What is said of a note that nobody has taken up yet. */
export function whoWillHear(note: Pick<NoteView, "step">, steps: readonly Step[], ended: boolean): string {
  const agent = steps.find(({ step }) => step === note.step);
  if (agent === undefined) {
    return ended ? says.nobodyTookIt : says.teamHears;
  }
  return ended || stepEnded(agent.status) ? says.wasDone(agent.agent_name) : says.hears(agent.agent_name);
}

/** The steps that can still be told something. */
export function listeners<S extends Step>(steps: readonly S[]): readonly S[] {
  return steps.filter(({ status }) => !stepEnded(status));
}

/** Whom a note is for that begins with an agent's name, as `@Developer`, and its text without it. */
export function addressed(typed: string, steps: readonly Step[]): { step: string | null; content: string } {
  const content = typed.trim();
  const named = steps.filter(({ agent_name: name }) => startsWith(content, `@${name}`));
  const found = named.toSorted((a, b) => b.agent_name.length - a.agent_name.length)[0];
  if (found === undefined) return { step: null, content };
  const rest = content
    .slice(found.agent_name.length + 1)
    .replace(/^[\s,:;–-]+/u, "")
    .trim();
  return { step: found.step, content: rest };
}

function startsWith(text: string, name: string): boolean {
  if (text.slice(0, name.length).toLowerCase() !== name.toLowerCase()) return false;
  return !/^[\p{L}\p{N}]/u.test(text.slice(name.length));
}
