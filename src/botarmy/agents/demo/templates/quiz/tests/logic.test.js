import assert from "node:assert/strict";
import { test } from "node:test";

import { config } from "../app/config.js";
import { chance, drawRound, isOver, next, OPTIONS, pick, result } from "../app/logic.js";

const { questions, round: size } = config;
const draw = (seed) => drawRound(questions, size, chance(seed));

test("{{ac_draw}}", () => {
  const asked = draw(1).questions.map(({ question }) => question);
  assert.equal(asked.length, size);
  assert.equal(new Set(asked).size, size);
  assert.equal(drawRound(questions, 10_000, chance(1)).questions.length, questions.length);
});

test("{{ac_options}}", () => {
  for (let seed = 0; seed < 25; seed += 1) {
    for (const { answer, options } of draw(seed).questions) {
      assert.equal(new Set(options).size, OPTIONS);
      assert.equal(options.filter((option) => option === answer).length, 1);
    }
  }
});

test("{{ac_answer}}", () => {
  const round = draw(2);
  const { answer, options } = round.questions[0];
  const wrong = options.find((option) => option !== answer);
  assert.equal(result(pick(round, answer)).score, 1);
  assert.equal(result(pick(round, wrong)).score, 0);
  assert.equal(result(pick(pick(round, wrong), answer)).score, 0);
  assert.equal(pick(round, "no such answer"), round);
  assert.equal(next(round), round);
});

test("{{ac_end}}", () => {
  let round = draw(3);
  while (!isOver(round)) {
    const { answer, options } = round.questions[round.place];
    round = next(pick(round, round.place === 0 ? options.find((option) => option !== answer) : answer));
  }
  const { score, of, missed } = result(round);
  assert.deepEqual([score, of, missed.length], [size - 1, size, 1]);
  assert.equal(missed[0].question, round.questions[0].question);
});

test("{{ac_seed}}", () => {
  assert.deepEqual(draw(7), draw(7));
  assert.notDeepEqual(draw(7), draw(8));
});

test("{{ac_form}}", () => {
  assert.ok(questions.length >= size);
  assert.equal(new Set(questions.map(({ question }) => question)).size, questions.length);
  for (const { question, answer, others } of questions) {
    assert.ok(question.endsWith("?") && answer, question);
    if (others) assert.ok(new Set([answer, ...others]).size >= OPTIONS, question);
  }
});
