import assert from "node:assert/strict";
import { test } from "node:test";

import { turn } from "../app/logic.js";

test("{{ac_turn}}", () => {
  const people = ["Ada", "Grace", "Linus"];
  assert.deepEqual([0, 1, 2, 3].map((finished) => turn(people, finished)), ["Ada", "Grace", "Linus", "Ada"]);
  assert.equal(turn([], 5), null);
});
