/** The list of all projects. */

export const projects = {
  title: "Projects",
  search: "Search projects",
  state: "State",
  states: {
    all: "All states",
    running: "Running",
    waiting: "Waiting for you",
    paused: "Paused",
    completed: "Completed",
    failed: "Failed",
    cancelled: "Cancelled",
  },
  team: "Team",
  allTeams: "All teams",
  owner: "Started by",
  everybody: "Everybody",
  tryAgain: "Try again",
  older: "Loading older projects",
  olderFailed: "Older projects could not be loaded.",
  nothing: "Nothing matches",
  nothingHint: "Try other words, or another state.",
  none: "No projects yet",
  noneToWatch: "Each one appears here as soon as somebody starts it.",
  noneHint: "A project starts with a brief.",
  start: "Start a project",
} as const;
