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
} as const;
