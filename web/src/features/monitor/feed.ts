/** The live events: which of them are asked for, and which are shown. */

import type { Event, LogFilter } from "@/lib/wire";
import { words } from "@/words";

export type Level = "info" | "warning" | "error";

export interface FeedFilter {
  /** One type, or "" for all but the text as it is written. */
  readonly type: string;
  /** An agent's name, or "" for all and for what concerns none. */
  readonly agent: string;
  /** This one and graver ones, of those that have a level; "" for all events. */
  readonly level: "" | "warning" | "error";
}

export const EVERYTHING: FeedFilter = { type: "", agent: "", level: "" };

/** Tens of them a second come while agents write: only who asks for them gets them. */
const STREAMED = "agent_delta";
const LEVELS: Readonly<Record<"warning" | "error", readonly Level[]>> = {
  warning: ["warning", "error"],
  error: ["error"],
};
/** What has a level. */
const LEVELLED = ["error", "system"];

/** What the server is asked for. */
export function asked({ type, agent, level }: FeedFilter): LogFilter {
  const types = Object.keys(words.monitor.feed.types).filter((one) =>
    type === "" ? one !== STREAMED && (level === "" || LEVELLED.includes(one)) : one === type,
  );
  return {
    types,
    ...(agent !== "" && { agents: [agent] }),
    ...(level !== "" && { levels: LEVELS[level] }),
  };
}

export function levelOf({ data }: Event): Level | null {
  if (data.type === "error") return data.severity;
  return data.type === "system" ? data.level : null;
}

/** As the server selects: among what is held are events of other topics, and of an earlier filter. */
export function isShown(event: Event, filter: FeedFilter): boolean {
  const { types, agents, levels } = asked(filter);
  if (types !== undefined && !types.includes(event.type)) return false;
  if (agents !== undefined && !agents.includes(event.agent_name ?? "")) return false;
  const level = levelOf(event);
  return levels === undefined || level === null || levels.includes(level);
}
