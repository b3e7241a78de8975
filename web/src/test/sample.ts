/** Events and frames as the server writes them, for tests. */

import { type Event, readEvent } from "@/lib/wire";

export function timeAt(second: number): string {
  return new Date(Date.UTC(2026, 10, 20, 9, 30, second)).toISOString();
}

export function rawEvent(position: number, type: string, metadata: object, more: object = {}): object {
  return {
    position,
    version: position,
    id: `event-${position}`,
    run_id: "r1",
    type,
    timestamp: timeAt(position),
    agent_name: null,
    content: "",
    metadata,
    requires_ack: false,
    ...more,
  };
}

export function event(position: number, type: string, metadata: object, more: object = {}): Event {
  return readEvent(rawEvent(position, type, metadata, more));
}

export const CREATED = {
  status: "created",
  title: "Tip calculator",
  brief: "A tip calculator",
  team: "software",
  owner: "local",
  options: {},
  forked_from: null,
  steps: ["Analyst", "Architect", "Developer", "Tester", "Deployer"].map((agent_name) => ({
    step: agent_name.toLowerCase(),
    agent_name,
    title: `${agent_name}'s part`,
    needs: [],
    phases: ["work"],
  })),
};

export function delta(position: number, offset: number, content: string, more: object = {}): Event {
  const metadata = { step: "analyst", phase: "work", attempt: 1, message_id: "m1", channel: "text", offset };
  return event(position, "agent_delta", { ...metadata, ...more }, { content, version: null });
}

export function agentStatus(position: number, status: string, more: object = {}): Event {
  const metadata = { step: "analyst", status, attempt: 1, call_attempt: 1, task: null, progress: null };
  return event(position, "agent_status", { ...metadata, ...more });
}
