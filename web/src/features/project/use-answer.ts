import type { Decision } from "@/lib/events";
import type { RequestView } from "@/lib/views";
import { useRunCommand } from "./use-run-command";

/** Answers a request, with the hash of what was shown. `pending`: an answer is under way. */
export function useAnswer(request: RequestView, runId: string) {
  const { send, pending } = useRunCommand(runId);
  const answer = (decision: Decision, text: string) => {
    const { request_id, subject } = request;
    return send("answer_request", {
      request_id,
      decision,
      ...(text !== "" && { answer: text }),
      ...(subject !== null && { subject }),
    });
  };
  return { answer, pending: pending !== null };
}
