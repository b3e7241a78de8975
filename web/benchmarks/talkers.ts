/** Five agents that speak at the same time, without an end: text of a fake AI service on this machine. */

import { mkdir, writeFile } from "node:fs/promises";
import type { Environment } from "../e2e/support/botarmy";
import { AGENTS } from "../e2e/support/pages";
import { Provider, type Reply } from "../e2e/support/provider";

export const TOKENS_PER_SECOND = 100;
/** Of one message: about five seconds. */
const PARAGRAPHS = 6;
/** A conversation with a model may not have more than 40 answers, a step not more than ten phases. */
const TURNS = 38;
const PHASES = 10;

/** Another text each time, as a model's is: nobody says the same again and again. */
export function reply(agent: string, turn: number): Reply {
  const number = (at: number) => (turn * PARAGRAPHS + at) * 7919;
  const parts = Array.from({ length: PARAGRAPHS }, (_, at) => [
    `## Part ${number(at)} of what ${agent} thinks`,
    `The bill of **${number(at)} euros** is split among ${at + 2} people, and what is left over goes to the waiter, as \`split(${number(at)})\` says.`,
    at % 2 === 0 ? `- first ${number(at)}\n- then *half of it*\n- and the rest` : code(number(at)),
  ]);
  const text = parts.flat().join("\n\n");
  if (turn >= TURNS) return { text };
  return {
    text,
    filesThen: { [`notes/${agent.toLowerCase()}.md`]: `# Notes\n\nTurn ${turn}: ${number(0)}\n` },
  };
}

function code(number: number): string {
  return `\`\`\`js\nexport function share${number}(total) {\n  return total / ${number};\n}\n\`\`\``;
}

/** All five at once, each for about half an hour. */
const TEAM = `name: software
title: Talkers
steps:
${AGENTS.map(
  (name) => `  - name: ${name}
    needs: []
    tools: [write_file]
    phases: [${Array.from({ length: PHASES }, (_, at) => `part-${at + 1}`).join(", ")}]
    instructions: Speak.`,
).join("\n")}
`;

export async function talkers(folder: string): Promise<{ provider: Provider; environment: Environment }> {
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/software.yaml`, TEAM);
  const provider = await Provider.serving(reply);
  provider.tokensPerSecond = TOKENS_PER_SECOND;
  const environment = {
    ...provider.environment,
    BOTARMY_TEAMS_DIR: folder,
    BOTARMY_CONCURRENCY: String(AGENTS.length),
  };
  return { provider, environment };
}
