/**
 * What the pages say, in one place: a translation is another file of this shape.
 *
 * Each section belongs to one feature or part of the shell. What depends on a number or a name is a function.
 */

export const words = {
  navigation: {
    main: "Main",
    projects: "Projects",
    inbox: "Inbox",
    monitor: "Monitor",
    waiting: " waiting",
    manyWaiting: "99+",
  },
  connection: {
    connected: "Connected to BotArmy",
    connecting: "Connecting...",
    lost: "Connection lost. Retrying...",
    error: "Connection error. Check the server.",
    retryNow: "Retry now",
    seconds: (count: number) => `${count} s`,
  },
  faults: {
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
  },
  toasts: {
    close: "Close",
  },
  files: {
    stages: "Stages",
    all: "All",
    ofNoStage: "Others",
    version: (path: string) => `Version of ${path}`,
    versionIs: (version: number, latest: boolean) => (latest ? `v${version}, the latest` : `v${version}`),
    compare: (version: number) => `Compare with v${version}`,
    stopComparing: "Show the file",
    changed: (since: number, version: number, added: number, removed: number) =>
      `v${since} → v${version}: ${lines(added)} added, ${lines(removed)} removed`,
    unchanged: (count: number) => `${lines(count)} unchanged`,
    moreLines: (count: number) => `Show more (${lines(count)})`,
    added: "Added:",
    removed: "Removed:",
    tooDifferent: "These versions are too different to be compared line by line.",
    tryAgain: "Try again",
  },
} as const;

function lines(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}
