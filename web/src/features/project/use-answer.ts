import type { Decision } from "@/lib/events";
import type { RequestView } from "@/lib/views";
import { useRunCommand } from "./use-run-command";

/** Answers a request, with the hash of what was shown. `pending`: an answer is under way. */
export function useAnswer(request: RequestView, runId: string) {
  const { send, pending } = useRunCommand(runId);
  /** With a subject of its own, the answer is to what was shown then; `path` is the file that an edit is of. */
  const answer = (decision: Decision, text: string, of?: { subject: string | null; path?: string }) => {
    const { request_id } = request;
    const subject = of?.subject ?? request.subject;
    return send("answer_request", {
      request_id,
      decision,
      ...(text !== "" && { answer: text }),
      ...(subject !== null && { subject }),
      ...(of?.path !== undefined && { path: of.path }),
    });
  };
  return { answer, pending: pending !== null };
}
