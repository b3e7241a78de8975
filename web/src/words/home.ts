/** The start page, and what starts a project. */

export const home = {
  heading: "What should the team build?",
  lead: "Describe it in a few sentences. The agents take it from there, one after another, and you can watch.",
  watch: "Watch the teams at work",
  watchHint:
    "You see every project here, live, and change nothing. To start projects of your own, ask an admin for a member's token.",
  demo: "Offline demo.",
  demoText: "A scripted team answers, and the files it writes are real. To use a real model, set",
  demoEnd: "and restart.",
  team: "The team",
  examplesTitle: "Or start with an example",
  recent: "Recent projects",
  seeAll: "See all",
  none: "No projects yet",
  noneHint: "Write a brief above or pick an example. The project then appears here, live.",
  noneToWatch: "Each one appears here as soon as somebody starts it.",
  box: {
    label: "Project brief",
    placeholder: "A tip calculator for groups: split the bill, round up, share it as a link",
    team: "Team",
    enter: "Enter",
    starts: "starts",
    shiftEnter: "Shift + Enter",
    newLine: "new line",
    kept: "Your text is kept until BotArmy is connected.",
    start: "Start",
    starting: "Starting",
    tooLong: (size: string) => `The brief is ${size} too long. Shorten it; more can follow as notes.`,
    used: (size: string, bound: string) => `${size} of ${bound}`,
  },
  approvals: {
    label: "Ask me",
    team: "Ask me as the team says",
    each: "Ask me after each agent",
    after: (agent: string) => `Ask me after ${agent}`,
    none: "Never ask me",
  },
  examples: [
    {
      title: "Tip calculator for groups",
      brief:
        "A tip calculator for groups: enter the bill, the tip and how many people share it. Unequal shares are possible, every amount is rounded to the cent, and the result can be copied.",
    },
    {
      title: "Pomodoro timer for teams",
      brief:
        "A pomodoro timer for teams: one person starts a focus session, everyone sees the time left, and a quiet sound ends it. It works offline and keeps today's sessions.",
    },
    {
      title: "Reading list",
      brief:
        "A reading list: add books with author and notes, mark them as read, search and filter, and export everything as CSV. The data stays in the browser.",
    },
    {
      title: "Weather report on the command line",
      brief:
        "A Python command line program that reads a CSV file of daily temperatures and prints a monthly report: mean, extremes, and a small bar chart in text.",
    },
  ],
} as const;
