// Runs an AG-UI client against a server and prints what it made of it, for the tests of the server:
//   node web/scripts/agui-run.mjs <url> <thread> <message> [<answer to the first interrupt> …]
import { HttpAgent } from "@ag-ui/client";

const [url, threadId, content, ...answers] = process.argv.slice(2);
const agent = new HttpAgent({ url, threadId });
const events = [];
const runs = [];
agent.subscribe({ onEvent: ({ event }) => void events.push(event.type) });
agent.messages = [{ id: `${threadId}-1`, role: "user", content }];

let resume;
for (let round = 0; round <= answers.length; round += 1) {
  let ended;
  const onRunFinishedEvent = ({ event }) => {
    ended = event;
  };
  await agent.runAgent(resume ? { resume } : {}, { onRunFinishedEvent });
  runs.push(ended?.outcome);
  if (ended?.outcome?.type !== "interrupt") break;
  const answer = answers[round];
  resume = ended.outcome.interrupts.map(({ id }) => ({
    interruptId: id,
    status: "resolved",
    payload: { answer },
  }));
}

console.log(JSON.stringify({ messages: agent.messages, state: agent.state, events, runs }));
