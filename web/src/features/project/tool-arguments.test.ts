import { expect, it } from "vitest";
import { faultOf } from "./tool-arguments";

it.each([
  ["", /not JSON yet/],
  ['{"issue": 7', /not JSON yet/],
  ["7", /stand between/],
  ["[7]", /stand between/],
  ["null", /stand between/],
])("%j cannot be what a tool is called with, and why is said in words", (text, said) => {
  expect(faultOf(text)).toMatch(said);
});

it("an object can be what a tool is called with", () => {
  expect(faultOf('{"issue": 7}')).toBeNull();
});
