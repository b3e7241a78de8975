import { describe, expect, it, vi } from "vitest";
import { getJson, RequestFailed, sendJson } from "./http";
import { record, text } from "./read";

const read = record({ name: text });
const PROBLEM = { code: "too_many_attempts", message: "Too many tokens were not valid.", action: "Wait." };

function answering(body: unknown, init: ResponseInit = {}) {
  const fetch = vi.fn((_path: string, _how: RequestInit) =>
    Promise.resolve(new Response(JSON.stringify(body), init)),
  );
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

async function failureOf(asked: Promise<unknown>): Promise<RequestFailed> {
  const error = await asked.catch((thrown: unknown) => thrown);
  if (!(error instanceof RequestFailed)) throw new Error("It did not fail in words");
  return error;
}

describe("a request", () => {
  it("sends JSON and reads the typed answer", async () => {
    const fetch = answering({ name: "anna", more: 1 });
    expect(await sendJson("POST", "/api/session", read, { token: "x" })).toEqual({ name: "anna" });
    expect(fetch).toHaveBeenCalledWith("/api/session", {
      method: "POST",
      body: '{"token":"x"}',
      headers: { "content-type": "application/json" },
    });
  });

  it("fails in the server's words, with the seconds that it wants to pass", async () => {
    answering(PROBLEM, { status: 429, headers: { "retry-after": "8" } });
    const failure = await failureOf(getJson("/api/runs", read));
    expect(failure.problem).toMatchObject(PROBLEM);
    expect(failure.waitSeconds).toBe(8);
  });

  it.each(["", "soon", "-1", "99999999"])("takes “%s” for no seconds", async (said) => {
    answering(PROBLEM, { status: 429, headers: { "retry-after": said } });
    expect((await failureOf(getJson("/api/runs", read))).waitSeconds).toBeNull();
  });

  it("fails in words of its own where nobody answers, and where the answer is none", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    expect((await failureOf(getJson("/api/runs", read))).problem.code).toBe("unreachable");
    answering({ name: 1 });
    expect((await failureOf(getJson("/api/runs", read))).problem.code).toBe("unexpected");
  });
});
