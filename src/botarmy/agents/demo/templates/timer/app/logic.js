// The rules of the timer: no browser, no clock. Times are milliseconds and come in as arguments.

export const LIMITS = { work: [1, 600], rest: [0, 600], long: [0, 600], rounds: [1, 50] };

/** Settings from a form, or the first thing that is wrong with them, in words. */
export function checkSettings(raw, labels) {
  const settings = {};
  for (const [name, [low, high]] of Object.entries(LIMITS)) {
    const text = String(raw[name] ?? "").trim();
    const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= low && value <= high)) return { error: `${labels[name] ?? name}: a whole number from ${low} to ${high}.` };
    settings[name] = value;
  }
  return { settings };
}

/** The steps of one cycle: each round and the pause after it; the pause after the last round is the long one. */
export function buildPlan({ work, rest, long, rounds }, unitSeconds) {
  const plan = [];
  for (let round = 1; round <= rounds; round += 1) {
    plan.push({ kind: "work", round, seconds: work * unitSeconds });
    const last = round === rounds;
    const pause = last ? long : rest;
    if (pause > 0) plan.push({ kind: last ? "long" : "rest", round, seconds: pause * unitSeconds });
  }
  return plan;
}

export function fresh(plan, finished = 0) {
  return { index: 0, leftMs: plan[0].seconds * 1000, endsAt: null, finished };
}

export function start(state, now) {
  return state.endsAt === null ? { ...state, endsAt: now + state.leftMs } : state;
}

export function pause(state, now) {
  return state.endsAt === null ? state : { ...state, leftMs: remaining(state, now), endsAt: null };
}

export function remaining(state, now) {
  return state.endsAt === null ? state.leftMs : Math.max(0, state.endsAt - now);
}

/** The state at a moment, and the steps that ended on the way there. With `auto` the next step begins by itself. */
export function tick(plan, state, now, auto) {
  let next = state;
  const ended = [];
  while (next.endsAt !== null && now >= next.endsAt) {
    const step = plan[next.index];
    ended.push({ ...step, at: next.endsAt });
    next = following(plan, next, step.kind === "work" ? 1 : 0, auto);
  }
  return { state: next, ended };
}

/** Goes to the next step, paused, without counting this one. */
export function skip(plan, state) {
  return following(plan, { ...state, endsAt: null }, 0, false);
}

function following(plan, state, counted, auto) {
  const last = state.index === plan.length - 1;
  const index = last ? 0 : state.index + 1;
  const leftMs = plan[index].seconds * 1000;
  const endsAt = auto && !last && state.endsAt !== null ? state.endsAt + leftMs : null;
  return { index, leftMs, endsAt, finished: state.finished + counted };
}

/** `24:59`; the last second shows as 00:01, not as 00:00. */
export function clock(ms) {
  const seconds = Math.ceil(ms / 1000);
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

/** Who leads the round after so many finished ones; null without people. */
export function turn(people, finished) {
  return people.length ? people[finished % people.length] : null;
}

/** A stored state if it fits the plan, a fresh one otherwise. */
export function restore(plan, stored) {
  const whole = (value) => Number.isInteger(value) && value >= 0;
  const fits =
    stored &&
    whole(stored.index) &&
    stored.index < plan.length &&
    whole(stored.finished) &&
    Number.isFinite(stored.leftMs) &&
    stored.leftMs >= 0 &&
    stored.leftMs <= plan[stored.index].seconds * 1000 &&
    (stored.endsAt === null || Number.isFinite(stored.endsAt));
  return fits ? stored : fresh(plan);
}
