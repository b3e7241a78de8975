// The rules of habits: no browser, no clock. A day is a text such as 2026-03-01; today comes in.

export const LONGEST_NAME = 60;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The day so many days later (earlier, if negative). Noon in UTC, so that no change of the clocks matters. */
export function shift(day, days) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The last seven days, today last. */
export function week(today) {
  return [-6, -5, -4, -3, -2, -1, 0].map((days) => shift(today, days));
}

/** A name that fits, or what is wrong with it, in words. */
export function checkName(habits, raw, except = null) {
  const name = String(raw).trim();
  if (name === "") return { error: "Give the habit a name." };
  if (name.length > LONGEST_NAME) return { error: `A name has at most ${LONGEST_NAME} characters.` };
  const taken = habits.some((habit) => habit.id !== except && habit.name.toLowerCase() === name.toLowerCase());
  return taken ? { error: "There is a habit of this name." } : { name };
}

export function add(habits, name) {
  const id = habits.reduce((highest, habit) => Math.max(highest, habit.id), 0) + 1;
  return [...habits, { id, name, days: [] }];
}

export function rename(habits, id, name) {
  return habits.map((habit) => (habit.id === id ? { ...habit, name } : habit));
}

export function remove(habits, id) {
  return habits.filter((habit) => habit.id !== id);
}

/** Marks a day, or takes the mark away. */
export function mark(habits, id, day) {
  return habits.map((habit) => {
    if (habit.id !== id) return habit;
    const days = habit.days.includes(day) ? habit.days.filter((other) => other !== day) : [...habit.days, day].sort();
    return { ...habit, days };
  });
}

/** Days in a row up to today; while today is open, up to yesterday. */
export function streak({ days }, today) {
  const marked = new Set(days);
  let day = marked.has(today) ? today : shift(today, -1);
  let length = 0;
  while (marked.has(day)) {
    length += 1;
    day = shift(day, -1);
  }
  return length;
}

export function longest({ days }) {
  let best = 0;
  let length = 0;
  let before = null;
  for (const day of [...days].sort()) {
    length = before !== null && shift(before, 1) === day ? length + 1 : 1;
    best = Math.max(best, length);
    before = day;
  }
  return best;
}

/** How many of the last thirty days, today included, are marked. */
export function lastThirty({ days }, today) {
  const from = shift(today, -29);
  return days.filter((day) => day >= from && day <= today).length;
}

/** What was stored, as far as it is usable. */
export function restore(stored) {
  if (!Array.isArray(stored)) return null;
  return stored.flatMap((habit) => {
    const usable = habit && Number.isInteger(habit.id) && typeof habit.name === "string" && habit.name && Array.isArray(habit.days);
    if (!usable) return [];
    const days = [...new Set(habit.days.filter((day) => typeof day === "string" && DAY.test(day)))].sort();
    return [{ id: habit.id, name: habit.name.slice(0, LONGEST_NAME), days }];
  });
}
