/** The shell: navigation, connection, faults, the command palette, the tour, shortcuts. */

export const navigation = {
  skip: "Skip to the content",
  home: "BotArmy, home",
  main: "Main",
  projects: "Projects",
  inbox: "Inbox",
  teams: "Teams",
  monitor: "Monitor",
  analytics: "Analytics",
  settings: "Settings",
  waiting: " waiting",
  manyWaiting: "99+",
} as const;

export const connection = {
  connected: "Connected to BotArmy",
  connecting: "Connecting...",
  lost: "Connection lost. Retrying...",
  error: "Connection error. Check the server.",
  retryNow: "Retry now",
  seconds: (count: number) => `${count} s`,
} as const;

export const faults = {
  broken: (name: string) => `${name} cannot be shown`,
  brokenHint: "The project is safe and goes on.",
  showAgain: "Show again",
  notLoaded: (name: string) => `${name} could not be loaded`,
  notLoadedHint:
    "Its code did not arrive. BotArmy may be away, or may have a new version: then reload the page.",
  notOpened: "This could not be opened",
  tryAgain: "Try again",
  reload: "Reload the page",
  page: "This page ran into a problem",
  pageHint: "Your projects are safe and go on. Try the page again, or go home.",
  goHome: "Go home",
  reference: "Reference",
  app: "BotArmy",
  thisPage: "This page",
  window: "The window",
} as const;

export const notFound = {
  title: "There is no page at this address",
  hint: "Check the address, or go on from here.",
  goHome: "Go home",
  projects: "See all projects",
} as const;

/** As they stand on keyboards. */
export const keys = {
  control: "Ctrl",
  enter: "Enter",
  escape: "Esc",
  palette: "Ctrl K",
  paletteOnMac: "⌘ K",
} as const;

export const toasts = {
  close: "Close",
} as const;

export const offline = {
  shownAsOf: (time: string) => `Shown as of ${time}. It goes on by itself once the connection is back.`,
  asOf: (moment: string) => `As of ${moment}, not connected.`,
  goesOn: "It goes on by itself once BotArmy can be reached.",
  newVersion: "A new version is here.",
  reload: "Reload",
  later: "Later",
} as const;

export const palette = {
  title: "Commands",
  open: "Search and commands",
  hint: "Search",
  label: "Search for a page, a project or a command",
  placeholder: "Go to, find a project, or do something",
  groups: {
    recent: "Recent",
    project: "This project",
    pages: "Pages",
    projects: "Projects",
    more: "More",
  },
  pages: {
    "/": "Home",
    "/projects": "Projects",
    "/inbox": "Inbox",
    "/monitor": "Monitor",
    "/analytics": "Analytics",
    "/teams": "Teams",
    "/settings": "Settings",
  },
  pause: "Pause the project",
  resume: "Resume the project",
  cancel: "Cancel the project",
  download: "Download all files",
  note: "Write to the team",
  followUp: "Follow up",
  request: "Go to the next open request",
  theme: { system: "Theme as the system", light: "Light theme", dark: "Dark theme" },
  shortcuts: "Keyboard shortcuts",
  searching: "Searching",
  none: (query: string) => `Nothing is found for “${query}”`,
  failed: "Older projects cannot be searched right now.",
  found: (count: number) => (count === 1 ? "1 choice" : `${count} choices`),
  keys: { choose: "choose", move: "move", close: "close" },
  cancelTitle: "Cancel this project?",
  cancelText: "The agents stop now. What they have written so far stays.",
  cancelKeep: "Let it go on",
} as const;

export const tour = {
  label: "Tour",
  start: "Show me round",
  next: "Next",
  back: "Back",
  done: "Done",
  skip: "Skip the tour",
  of: (step: number, steps: number) => `${step} of ${steps}`,
  steps: {
    brief: {
      title: "Say what the team should build",
      text: "A few sentences are enough. Enter starts the project, and you can watch from the first word on.",
    },
    inbox: {
      title: "What waits for you",
      text: "When agents ask, or want something approved, it is here. It waits for you, however long that takes.",
    },
    monitor: {
      title: "All projects at once",
      text: "What runs, what waits for its turn, and how fast the server is.",
    },
    team: {
      title: "Your team",
      text: "The agents work from top to bottom. Who is at work is lit, with what they do and for how long.",
    },
    conversation: {
      title: "What they say",
      text: "The team writes here, live. Below you can tell it something at any time; it reaches who is at work.",
    },
    artifacts: {
      title: "What they make",
      text: "Every file appears here as it is written: look at it, change it, or download all of them.",
    },
  },
} as const;

export const shortcuts = {
  title: "Keyboard shortcuts",
  close: "Close",
  anywhere: "Anywhere",
  pages: "Pages",
  project: "On a project",
  palette: "Search and commands",
  this: "This list",
  note: "Write to the team",
  request: "The next open request",
  go: (page: string) => `Go to ${page}`,
  joined: "then",
  single: "Use single keys",
  singleHint: "When off, only Ctrl or Cmd with K works. Single keys never work while you type.",
} as const;
