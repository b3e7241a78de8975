/** Briefs to try: small enough to finish soon, different enough to show what a team does. */
export const EXAMPLES = [
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
] as const;
