/** When whoever starts a project wants to be asked, as the choice beside the brief says it. */

export const TEAM_DECIDES = "team";
const AGENT = "agent ";

/** The `options` of the command; none where the team's file decides. */
export function optionsOf(choice: string): { options?: { approvals: string | readonly string[] } } {
  if (choice === TEAM_DECIDES) return {};
  const approvals = choice.startsWith(AGENT) ? [choice.slice(AGENT.length)] : choice;
  return { options: { approvals } };
}
