/** Which jobs are shown: kept in the page's address, so that every view of them can be linked to. */

import { compareCodePoints } from "@/lib/codepoints";
import { jobState } from "@/lib/events";
import { lenient, nullable, record, text } from "@/lib/read";
import type { JobView } from "@/lib/views";

export interface JobFilter {
  readonly status?: JobView["status"] | undefined;
  /** The agent's name, as the team has it. */
  readonly agent?: string | undefined;
  /** The code of the error that it ended with. */
  readonly error?: string | undefined;
  /** A part of the project's title, of the agent's name, of the worker's id or of the error, or the beginning of an id. */
  readonly q?: string | undefined;
}

const read = record({
  status: lenient(nullable(jobState), null),
  agent: lenient(nullable(text), null),
  error: lenient(nullable(text), null),
  q: lenient(nullable(text), null),
});

/** From what stands in an address, whatever that is. */
export function readJobFilter(search: Record<string, unknown>): JobFilter {
  const { status, agent, error, q } = read(search);
  return {
    ...(status !== null && { status }),
    ...(agent !== null && agent !== "" && { agent: agent.slice(0, 100) }),
    ...(error !== null && error !== "" && { error: error.slice(0, 100) }),
    ...(q !== null && q.trim() !== "" && { q: q.slice(0, 200) }),
  };
}

export function isFiltered(filter: JobFilter): boolean {
  return Object.values(filter).some((wanted) => wanted !== undefined);
}

/** An id is searched by from so many characters on: fewer are those of many. */
const ID_PART = 8;

/** As the server matches, but for the brief, which is not known here. */
export function passes(job: JobView, { status, agent, error, q }: JobFilter, title: string): boolean {
  if (status !== undefined && job.status !== status) return false;
  if (agent !== undefined && job.agent_name !== agent) return false;
  if (error !== undefined && job.error?.code !== error) return false;
  if (q === undefined) return true;
  const words = q.trim().toLowerCase();
  const texts = [title, job.agent_name, job.worker_id, job.error?.code, job.error?.message];
  if (texts.some((text) => text?.toLowerCase().includes(words))) return true;
  return words.length >= ID_PART && [job.job_id, job.run_id].some((id) => id.startsWith(words));
}

/**
 * What HTTP listed, brought up to date by the stream: the last made first. What has another status by now leaves a
 * list of one status, and what has come to it joins.
 *
 * `complete`: the list has no further page, so that every job of the stream that passes belongs into it.
 */
export function jobsShown(
  listed: readonly JobView[],
  live: readonly JobView[],
  { status, ...rest }: JobFilter,
  titleOf: (runId: string) => string,
  complete: boolean,
): readonly JobView[] {
  const fresh = new Map(live.map((job) => [job.job_id, job]));
  const ids = new Set(listed.map(({ job_id }) => job_id));
  const known = listed.map((job) => fresh.get(job.job_id) ?? job);
  const last = listed.at(-1)?.job_id ?? "";
  const joined = live.filter(
    (job) =>
      !ids.has(job.job_id) && (complete || job.job_id > last) && passes(job, rest, titleOf(job.run_id)),
  );
  return [...known, ...joined]
    .filter((job) => status === undefined || job.status === status)
    .sort((a, b) => compareCodePoints(b.job_id, a.job_id));
}
