// The rules of the quiz: no browser. Chance comes in as a function that gives numbers from 0 up to 1.

export const OPTIONS = 4;

/** Chance that follows from a seed (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function shuffle(items, random) {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

/** A round of so many questions, or of all there are. */
export function drawRound(questions, size, random) {
  const drawn = shuffle(questions, random).slice(0, size);
  return { questions: drawn.map((question) => ({ ...question, options: optionsOf(question, questions, random) })), place: 0, picks: [] };
}

function optionsOf({ answer, others }, questions, random) {
  const answers = others ?? questions.map((question) => question.answer);
  const wrong = [...new Set(answers)].filter((other) => other !== answer);
  return shuffle([answer, ...shuffle(wrong, random).slice(0, OPTIONS - 1)], random);
}

/** The round after a pick; a question that was answered stays as it was. */
export function pick(round, option) {
  const asked = round.questions[round.place];
  if (!asked || round.picks.length > round.place || !asked.options.includes(option)) return round;
  return { ...round, picks: [...round.picks, option] };
}

export function next(round) {
  return round.picks.length > round.place ? { ...round, place: round.place + 1 } : round;
}

export function isOver(round) {
  return round.place >= round.questions.length;
}

/** The score so far, and what was missed with what was picked instead. */
export function result(round) {
  const answered = round.picks.map((picked, index) => ({ ...round.questions[index], picked }));
  const missed = answered.filter(({ answer, picked }) => answer !== picked);
  return { score: answered.length - missed.length, of: round.questions.length, missed };
}
