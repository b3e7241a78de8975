import { describe, expect, it } from "vitest";
import { queryOf, readProjectFilter } from "./filter";

describe("the filter of projects", () => {
  it("is read from an address, whatever stands there", () => {
    expect(readProjectFilter({ status: "failed", q: " tip ", owner: "", team: 3, page: "1" })).toEqual({
      status: "failed",
      q: "tip",
    });
    expect(readProjectFilter({ q: "x".repeat(1_000) }).q).toHaveLength(200);
  });

  it("leaves open what it does not say", () => {
    expect(queryOf({ team: "writers" })).toEqual({ status: "", team: "writers", owner: "", q: "" });
  });
});
