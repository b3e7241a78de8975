// The rules of counting: no browser. A state is { counters: [{ id, name }], steps: [{ id, by }] }.

export const LONGEST_NAME = 40;
export const MOST_STEPS = 100_000;

export function begin(names) {
  return { counters: names.map((name, index) => ({ id: index + 1, name })), steps: [] };
}

/** Count by counter id. */
export function counts({ counters, steps }) {
  const found = new Map(counters.map(({ id }) => [id, 0]));
  for (const { id, by } of steps) if (found.has(id)) found.set(id, found.get(id) + by);
  return found;
}

export function total(state) {
  return [...counts(state).values()].reduce((sum, count) => sum + count, 0);
}

/** The state after a press; one that would go below zero, or past the bound, changes nothing. */
export function press(state, id, by) {
  const count = counts(state).get(id);
  const possible = count !== undefined && count + by >= 0 && state.steps.length < MOST_STEPS;
  return possible ? { ...state, steps: [...state.steps, { id, by }] } : state;
}

export function undo(state) {
  return { ...state, steps: state.steps.slice(0, -1) };
}

export function reset(state) {
  return { ...state, steps: [] };
}

/** The ids that lead: one, several in a tie, none while all are at zero. */
export function leaders(state) {
  const found = counts(state);
  const most = Math.max(0, ...found.values());
  return most === 0 ? [] : [...found].filter(([, count]) => count === most).map(([id]) => id);
}

/** A name that fits, or what is wrong with it, in words. */
export function checkName({ counters }, raw, except = null) {
  const name = String(raw).trim();
  if (name === "") return { error: "Give the counter a name." };
  if (name.length > LONGEST_NAME) return { error: `A name has at most ${LONGEST_NAME} characters.` };
  const taken = counters.some((counter) => counter.id !== except && counter.name.toLowerCase() === name.toLowerCase());
  return taken ? { error: "There is a counter of this name." } : { name };
}

export function add(state, name) {
  const id = state.counters.reduce((highest, counter) => Math.max(highest, counter.id), 0) + 1;
  return { ...state, counters: [...state.counters, { id, name }] };
}

export function rename(state, id, name) {
  return { ...state, counters: state.counters.map((counter) => (counter.id === id ? { ...counter, name } : counter)) };
}

/** Without a counter, and without its presses. */
export function remove({ counters, steps }, id) {
  return { counters: counters.filter((counter) => counter.id !== id), steps: steps.filter((step) => step.id !== id) };
}

/** A stored state if it makes sense; null otherwise. */
export function restore(stored) {
  const list = (value) => (Array.isArray(value) ? value : null);
  const counters = list(stored?.counters)?.filter((one) => Number.isInteger(one?.id) && typeof one.name === "string" && one.name);
  const steps = list(stored?.steps);
  if (!counters || !steps || steps.length > MOST_STEPS) return null;
  const known = new Set(counters.map(({ id }) => id));
  const sound = known.size === stored.counters.length && steps.every((step) => known.has(step?.id) && Math.abs(step.by) === 1);
  return sound && [...counts({ counters, steps }).values()].every((count) => count >= 0) ? { counters, steps } : null;
}
