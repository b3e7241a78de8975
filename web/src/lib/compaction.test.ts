/** The view is the same, whatever of finished messages was still there to be read. */

import { describe, expect, it } from "vitest";
import { CREATED, delta, event, timeAt } from "@/test/sample";
import { list, record } from "./read";
import { evolve, leavesGap } from "./reduce";
import { type RunView, readRunView } from "./views";
import { type Event, readEvent } from "./wire";

const FILES = import.meta.glob<unknown>("../../../wire/samples/*.json", { eager: true, import: "default" });
/** All but what no server writes. */
const SAMPLES = Object.entries(FILES)
  .filter(([path]) => !path.includes("misplaced-deltas"))
  .map(([path, value]) => [path, record({ events: list(readEvent) })(value).events] as const);
const CUTS = 12;
const LETTERS = ["a", "ñ", "🚀", "\n"] as const;

function fold(events: readonly Event[], from: RunView | null = null): RunView | null {
  return events.reduce((view, one) => {
    expect(leavesGap(view, one)).toBe(false);
    return evolve(view, one);
  }, from);
}

/** Of a page that had heard the first `cut` events when the deltas of the messages `gone` went. */
function asTold(log: readonly Event[], cut: number, gone: ReadonlySet<string>): RunView | null {
  const rest = log.slice(cut).filter(({ data }) => data.type !== "agent_delta" || !gone.has(data.message_id));
  const held = fold(log.slice(0, cut));
  return fold(rest, held && readRunView(JSON.parse(JSON.stringify(held))));
}

function finished(log: readonly Event[]): readonly string[] {
  return log.flatMap(({ data }) => (data.type === "agent_response" ? [data.message_id] : []));
}

/** Numbers from 0 up to 1 that are the same at each run of a test. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("a page that comes back to a log whose deltas are gone ends with the view of the whole log", () => {
  it.each(SAMPLES)("%s", (_, log) => {
    const whole = fold(log);
    const messages = finished(log);
    const some = new Set(messages.filter((_one, at) => at % 2 === 0));
    for (let cut = 1; cut <= log.length; cut += Math.max(1, Math.floor(log.length / CUTS))) {
      expect(asTold(log, cut, new Set(messages))).toEqual(whole);
      expect(asTold(log, cut, some)).toEqual(whole);
    }
  });

  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    "messages side by side, written by chance %i",
    (seed) => {
      const chance = chances(seed);
      const upTo = (most: number) => Math.floor(chance() * (most + 1));
      const log = [event(1, "run_status", CREATED)];
      const said = new Map(["m1", "m2", "m3"].map((id) => [id, [] as string[]]));
      const open = [...said.keys()];
      while (open.length > 0) {
        const at = upTo(open.length - 1);
        const message_id = open[at] ?? "";
        const letters = said.get(message_id) ?? [];
        const position = log.length + 1;
        if (chance() < 0.2) {
          open.splice(at, 1);
          log.push(response(position, message_id, letters.join("")));
          continue;
        }
        const offset = chance() < 0.3 ? upTo(letters.length) : letters.length;
        const piece = Array.from({ length: 1 + upTo(3) }, () => LETTERS[upTo(3)] ?? "");
        letters.splice(offset, letters.length, ...piece);
        log.push(delta(position, offset, piece.join(""), { message_id }));
      }
      const whole = fold(log);
      const texts = whole?.steps[0]?.messages.map((message) => [message.message_id, message.text]);
      expect(new Map(texts as [string, string][])).toEqual(
        new Map([...said].map(([id, letters]) => [id, letters.join("")])),
      );
      const gone = new Set([...said.keys()].filter(() => chance() < 0.6));
      expect(asTold(log, 1 + upTo(log.length - 1), gone)).toEqual(whole);
    },
  );
});

function response(position: number, message_id: string, content: string): Event {
  const metadata = {
    step: "analyst",
    phase: "work",
    attempt: 1,
    message_id,
    thinking: "",
    finish: "complete",
  };
  return event(position, "agent_response", { ...metadata, started_at: timeAt(position) }, { content });
}
