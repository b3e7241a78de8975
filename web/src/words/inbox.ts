/** What waits for a person. */

import { plural } from "./plural";

export const inbox = {
  title: "Inbox",
  awaited: (count: number) =>
    count === 1 ? "One answer is awaited" : `${count} answers are awaited, the longest wait first`,
  more: (count: number) => `${plural(count, "more waits", "more wait")}. They come up as these are answered.`,
  tryAgain: "Try again",
  theTeam: "The team",
  asksIn: (agent: string, title: string) => `${agent} asks in ${title}`,
  of: (owner: string) => `of ${owner}`,
  thisRequest: "This request",
  noticesBlocked: "Notices are blocked in the browser’s settings",
  noticesHint: "A notice of this browser when something is asked while you look elsewhere",
  noticesOn: "Notices are on",
  notifyMe: "Notify me",
  none: "Nothing waits for you",
  noneHint: "When an agent asks something, or a budget is used up, it appears here, from every project.",
  notice: (agent: string, title: string) => `${agent} asks: ${title}`,
  badge: (waiting: number, title: string) => `(${waiting}) ${title}`,
} as const;
