import { describe, expect, it } from "vitest";
import { event } from "@/test/sample";
import { evolveJobs, evolveWorkers } from "./boards";
import { list, record, text } from "./read";
import { type JobView, readJobView, readWorkerView, type WorkerView } from "./views";
import { readEvent } from "./wire";

const BOARDS = import.meta.glob<unknown>("../../../wire/boards/*.json", { eager: true, import: "default" });
const readBoard = record({
  name: text,
  events: list(readEvent),
  jobs: list(readJobView),
  workers: list(readWorkerView),
});

const JOB = { job_id: "j", step: "analyst", phase: "work", attempt: 1, worker_id: "w" };
const WORKER = { worker_id: "w", status: "registered", host: "here", concurrency: 2 };

describe("the golden boards", () => {
  it("are there", () => {
    expect(Object.keys(BOARDS).length).toBeGreaterThan(0);
  });

  it.each(Object.entries(BOARDS))("%s folds to the server's lists", (_, value) => {
    const { events, jobs, workers } = readBoard(value);
    expect(events.reduce<readonly JobView[]>(evolveJobs, [])).toEqual(jobs);
    expect(events.reduce<readonly WorkerView[]>(evolveWorkers, [])).toEqual(workers);
    expect({ jobs, workers }).toEqual({
      jobs: (value as { jobs: unknown }).jobs,
      workers: (value as { workers: unknown }).workers,
    });
  });
});

describe("the lists", () => {
  it("are the same where an event changes nothing in them", () => {
    const jobs = evolveJobs([], event(1, "job_status", { ...JOB, status: "queued" }));
    const workers = evolveWorkers([], event(2, "worker_status", WORKER, { run_id: null }));
    for (const other of [
      event(3, "note", { by: "ada" }),
      event(3, "run_status", { status: "deleted" }, { run_id: "another" }),
      event(3, "job_status", { ...JOB, status: "hibernating" }),
      event(3, "worker_status", { ...WORKER, status: "hibernating" }),
    ]) {
      expect(evolveJobs(jobs, other)).toBe(jobs);
      expect(evolveWorkers(workers, other)).toBe(workers);
    }
    expect(evolveWorkers(workers, event(3, "job_status", { ...JOB, status: "claimed" }))).toBe(workers);
  });

  it("take what an older server left out as empty", () => {
    const [worker] = evolveWorkers([], event(2, "worker_status", WORKER, { run_id: null }));
    expect(worker).toMatchObject({ capabilities: [], running: [] });
  });
});
