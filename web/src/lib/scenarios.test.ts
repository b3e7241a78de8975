import { expect, it } from "vitest";
import { Player, scenarios } from "@/test/scenarios";

const ALL = scenarios();

it("every scenario has a name of its own", () => {
  expect(ALL.length).toBeGreaterThan(80);
  expect(new Set(ALL.map(([name]) => name)).size).toBe(ALL.length);
});

it.each(ALL)("%s", async (_, scenario) => {
  const player = new Player(scenario);
  for (const [at, step] of scenario.steps.entries()) {
    try {
      await player.play(step);
    } catch (error) {
      throw new Error(`step ${at + 1}, ${JSON.stringify(step)}`, { cause: error });
    }
  }
});
