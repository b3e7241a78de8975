/** Files that go with a brief, on the start page and on the project's. */

export const attachments = {
  attach: "Attach files",
  attached: "Attached files",
  reading: "Reading",
  remove: (name: string) => `Remove ${name}`,
  open: (name: string) => `Open ${name}`,
  dismiss: "Close this note",
  beginning: "beginning only",
  beginningHint: "It holds more text than this: the agents are given the beginning.",
  givenHint: "The agents are given this text.",
  tooMany: (limit: number) => `At most ${limit} files go with a brief. The others were left out.`,
  tooLarge: (name: string, limit: string) =>
    `“${name}” is larger than ${limit}. Attach only the part that matters.`,
  empty: (name: string) => `“${name}” is empty.`,
  folder: (name: string) => `“${name}” is a folder. Attach the files in it.`,
  twice: (name: string) => `“${name}” is attached already.`,
  tooLong: (name: string, limit: string) =>
    `“${name}” does not fit: the files may have ${limit} characters of text together. Attach only the part that matters.`,
  notRead: (name: string, why: string) => `“${name}” could not be read. ${why}`,
  close: "Close",
  notShown: "The text cannot be read. Close this and try again.",
} as const;
