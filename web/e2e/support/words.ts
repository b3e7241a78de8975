/** What a page says, to eyes and to screen readers, and which words of it are about the inside of programs. */

import { expect, type Page } from "@playwright/test";

/**
 * Not BotArmy's words: what agents and people wrote, and what stands there to be typed as it is (commands, names of
 * variables, code).
 */
const NOT_OURS = "[data-written], code, pre, kbd, script, style, noscript";
const SPOKEN = ["aria-label", "aria-description", "aria-valuetext", "title", "placeholder", "alt"];

const TECHNICAL: Readonly<Record<string, RegExp>> = {
  "the status of an answer": /\b(?:HTTP|[Ss]tatus|[Ee]rror|[Cc]ode)\W{0,3}[1-5]\d\d\b/,
  "a phrase of HTTP": /\b(?:Bad Request|Unauthorized|Forbidden|Internal Server|Bad Gateway|Unavailable)\b/,
  "the name of an exception": /\w(?:Error|Exception)\b|\bException\b|\bTraceback\b|\bstack trace\b/i,
  "a place in code": /\w\.(?:py|js|tsx?):\d+|\bat \w+ \(/,
  braces: /[{}]|\[object |":\s|\\[nu"]/,
  "a value that nobody filled in": /\b(?:null|undefined|NaN|Infinity)\b/,
  "a name with underscores": /\b[A-Za-z]+_[A-Za-z0-9_]+\b/,
  "a moment as machines write it": /\d{4}-\d\d-\d\dT\d/,
  "an id": /[0-9a-f]{8}-[0-9a-f]{4}|\b(?=[0-9a-f]*\d)[0-9a-f]{10,}\b/,
};

/** Sentences about what is technical in a text; none where nothing is. */
export function technicalIn(text: string): readonly string[] {
  const found = Object.entries(TECHNICAL).filter(([, pattern]) => pattern.test(text));
  return found.map(([what]) => `${what}: ${text.trim().slice(0, 160)}`);
}

/** Nothing technical is to be read or heard on the page as it is now. */
export async function speaksPlainly(page: Page, state: string): Promise<void> {
  const said = await page.evaluate(everythingSaid, [NOT_OURS, SPOKEN] as const);
  expect(said.length, `what is said on ${state}`).toBeGreaterThan(8);
  expect.soft(said.flatMap(technicalIn), `technical words on ${state}`).toEqual([]);
}

/** Runs in the page. */
function everythingSaid([notOurs, spoken]: readonly [string, readonly string[]]): string[] {
  // Choices that are not shown yet are shown with a click.
  const isThere = (element: Element) =>
    element.closest(notOurs) === null &&
    (element.tagName === "OPTION" || element.checkVisibility({ visibilityProperty: true }));
  // What stands in a box is what somebody types.
  const textsOf = (element: Element) =>
    [...(element.tagName === "TEXTAREA" ? [] : element.childNodes)]
      .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      .map(({ nodeValue }) => nodeValue ?? "");
  const elements = [...document.querySelectorAll("body, body *")].filter(isThere);
  const said = elements.flatMap((one) => [
    ...spoken.map((name) => one.getAttribute(name) ?? ""),
    ...textsOf(one),
  ]);
  return [...new Set([document.title, ...said])].filter((text) => text.trim() !== "");
}
