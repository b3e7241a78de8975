/** Which team a new one begins as a copy of, as the page's address says. */
export interface Copy {
  readonly from?: string;
}

export function readCopy(search: Record<string, unknown>): Copy {
  const { from } = search;
  return typeof from === "string" && /^[a-z0-9-]{1,64}$/.test(from) ? { from } : {};
}
