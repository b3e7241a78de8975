import { describe, expect, it } from "vitest";
import type { JobView } from "@/lib/views";
import { isFiltered, jobsShown, passes, readJobFilter } from "./job-filter";

function job(job_id: string, status: JobView["status"] = "queued", more: Partial<JobView> = {}): JobView {
  return {
    job_id,
    run_id: "r1",
    step: "analyst",
    phase: "work",
    attempt: 1,
    status,
    agent_name: "Analyst",
    worker_id: null,
    requires: [],
    queued_at: "2026-11-20T09:30:00.000Z",
    claimed_at: null,
    ended_at: null,
    waited_ms: null,
    ran_ms: null,
    error: null,
    ...more,
  };
}

const titleOf = () => "Tip calculator";
const ids = (jobs: readonly JobView[]) => jobs.map(({ job_id, status }) => `${job_id}:${status}`).join(" ");

describe("a filter of jobs", () => {
  it("is read from an address, whatever stands there", () => {
    const asked = { status: "failed", agent: "Tester", error: "model_quota", q: "tip" };
    expect(readJobFilter({ ...asked, more: 1 })).toEqual(asked);
    const nothing = readJobFilter({ status: "sleeping", agent: "", error: {}, q: [1] });
    expect(nothing).toEqual({});
    expect(isFiltered(nothing)).toBe(false);
    expect(readJobFilter({ q: "x".repeat(1_000) }).q).toHaveLength(200);
  });

  it("finds words of the project, the agent, the worker and the error, and the beginning of an id", () => {
    const error = { code: "model_quota", message: "The quota is used up.", action: "", reference: null };
    const one = job("01a1f8fb-j", "failed", { run_id: "01a1f8fc-r", worker_id: "worker-7", error });
    for (const q of ["tip CALC", "01A1F8FB", "01a1f8fc-r", "analyst", "orker-7", "USED up", "model_q"]) {
      expect(passes(one, { q }, titleOf())).toBe(true);
    }
    for (const q of ["nothing like it", "01a1", "f8fb-j"]) {
      expect(passes(one, { q }, titleOf())).toBe(false);
    }
    expect(passes(one, { agent: "Tester" }, titleOf())).toBe(false);
    expect(passes(one, { error: "model_quota" }, titleOf())).toBe(true);
    expect(passes(one, { error: "gave_up" }, titleOf())).toBe(false);
  });
});

describe("the jobs that are shown", () => {
  it("are those that were listed, as the stream has them by now, the last made first", () => {
    const shown = jobsShown([job("b"), job("a")], [job("c"), job("b", "claimed")], {}, titleOf, false);
    expect(ids(shown)).toBe("c:queued b:claimed a:queued");
  });

  it("leave a list of one status, and come to it, as they change", () => {
    const listed = [job("b", "claimed"), job("a", "claimed")];
    const live = [job("d", "claimed"), job("c"), job("b", "completed")];
    expect(ids(jobsShown(listed, live, { status: "claimed" }, titleOf, true))).toBe("d:claimed a:claimed");
  });

  it("are joined by an older one only where the list is known to its end", () => {
    const older = [job("a", "claimed")];
    expect(ids(jobsShown([job("b")], older, {}, titleOf, false))).toBe("b:queued");
    expect(ids(jobsShown([job("b")], older, {}, titleOf, true))).toBe("b:queued a:claimed");
  });
});
