import { describe, expect, it } from "vitest";
import { pasted, tokenFault } from "./token";

const TOKEN = `botarmy_${"a1B2".repeat(10)}`;

describe("a pasted token", () => {
  it.each([` ${TOKEN}\n`, `"${TOKEN}"`, `“${TOKEN}”`, `${TOKEN.slice(0, 30)}\r\n  ${TOKEN.slice(30)}`])(
    "is taken without what came along: %j",
    (text) => expect(pasted(text)).toBe(TOKEN),
  );

  it("has nothing wrong with it where it has the form of one", () => {
    expect(tokenFault(TOKEN)).toBeNull();
  });

  it.each([
    ["", "Paste your token first."],
    ["hunter2", "begins with botarmy_"],
    [TOKEN.slice(1), "from its first letter on"],
    [TOKEN.slice(0, -1), "Copy all of it."],
    [`${TOKEN}x`, "Copy all of it."],
    [`${TOKEN.slice(0, -1)}ü`, "Copy all of it."],
  ])("says what is wrong with %j before the server is asked", (token, words) => {
    expect(tokenFault(token)).toContain(words);
  });
});
