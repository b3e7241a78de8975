/** What several pages say. */

import { plural } from "./plural";

export const shared = {
  reference: "Reference",
  search: "Search",
  demo: "Offline demo",
  demoHint:
    "A scripted team is at work. To use a real model, give BotArmy the key of an AI service and restart.",
  copyCode: "Copy code",
  copied: "Copied",
  imageLeftOut: (alt: string) => (alt === "" ? "Image not loaded" : `Image not loaded: ${alt}`),
  table: "Table",
  itemDone: "Done",
  itemOpen: "Open",
  theme: (theme: "system" | "light" | "dark", next: "system" | "light" | "dark") =>
    `Theme: ${theme}. Switch to ${next}.`,
  pageTitle: (title: string) => `${title} · BotArmy`,
} as const;

/** A project in a list. */
export const row = {
  startedBy: "Started by ",
  startedByName: (name: string) => `Started by ${name}`,
  steps: (done: number, all: number) => `${done} of ${plural(all, "step")} completed`,
  step: (agent: string, state: string) => `${agent}: ${state}`,
} as const;

export const states = {
  project: {
    created: "Starting",
    running: "Running",
    waiting: "Waiting for you",
    paused: "Paused",
    completed: "Completed",
    failed: "Failed",
    cancelled: "Cancelled",
    deleted: "Deleted",
  },
  partial: "Completed with parts missing",
  step: {
    pending: "Pending",
    queued: "Queued",
    started: "Working",
    thinking: "Thinking",
    waiting: "Waiting",
    retrying: "Trying again",
    completed: "Completed",
    error: "Failed",
    skipped: "Skipped",
    cancelled: "Cancelled",
  },
  fallback: "Fallback",
} as const;

/** What the page itself says where something was refused or the server could not be asked. */
export const problems = {
  unreachable: {
    message: "The server cannot be reached.",
    action: "Check that BotArmy is running, then try again.",
  },
  unexpected: {
    message: "The server gave an answer that this page does not understand.",
    action: "Reload the page and try again.",
  },
  full: {
    message: "Too much is waiting for the connection.",
    action: "Wait until BotArmy is connected again, then repeat this.",
  },
  reused: { message: "This is on its way already.", action: "" },
  tooLarge: { message: "This is too long to be sent.", action: "Shorten it and send it again." },
  unexplained: {
    message: "BotArmy refused this without saying why.",
    action: "Reload the page and try again.",
  },
  /** Why there will be no connection until somebody does something. */
  stopped: {
    notUnderstood: "The server did not understand this page. Reload it.",
    notSignedIn: "Nobody is signed in here. Sign in, then do it again.",
    otherAddress: "The server does not answer under this address. Open the one it printed at its start.",
    otherVersion: "The server has another version than this page. Reload it.",
    tooLarge: "Something that was sent is too large. Reload the page and send less at once.",
  },
} as const;
