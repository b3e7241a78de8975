/** `test` with a proxy between the browser and the server, which a test can close. */

import { Gate } from "./gate";
import { test, testWithModel } from "./test";
import { Watch } from "./watch";

type Script = Parameters<typeof testWithModel>[0];

/** What agents say is told by the script. */
export function gatedTestWithModel(script: Script) {
  return gatedOver(testWithModel(script));
}

function gatedOver(base: ReturnType<typeof testWithModel>) {
  return base.extend<{ readonly gate: Gate }>({
    gate: async ({ botarmy }, use) => {
      const gate = await Gate.before(() => botarmy.url);
      await use(gate);
      await gate.close();
    },
    baseURL: async ({ gate }, use) => use(gate.url),
    watch: async ({ gate }, use) => {
      const watch = new Watch(() => gate.url);
      await use(watch);
      await test.expect.poll(() => watch.faults, { timeout: 2_000 }).toEqual([]);
    },
  });
}
