import { Gate } from "./support/gate";
import { CONNECTED, connection, Home } from "./support/pages";
import { expect, test as plain } from "./support/test";
import { Watch } from "./support/watch";

const test = plain.extend<{ readonly gate: Gate }>({
  gate: async ({ botarmy }, use) => {
    const gate = await Gate.before(() => botarmy.url);
    await use(gate);
    await gate.close();
  },
  baseURL: async ({ gate }, use) => use(gate.url),
  watch: async ({ gate }, use) => {
    const watch = new Watch(() => gate.url);
    watch.expectRefusedSockets();
    await use(watch);
    await expect.poll(() => watch.faults, { timeout: 2_000 }).toEqual([]);
  },
});

test("where no WebSocket passes, a project streams into the page all the same, and is steered from it", async ({
  page,
  gate,
}) => {
  const project = await (await Home.open(page)).submit("A tip calculator for groups");
  expect(gate.refused).toBeGreaterThan(1);
  await expect(connection(page)).toHaveText(CONNECTED);
  await project.button("Pause").click();
  await expect(project.status).toHaveText("Paused");
  await project.button("Resume").click();
  await project.note.fill("Please use euros.");
  await project.note.press("Enter");
  const note = project.conversation.getByRole("complementary", { name: "Note" });
  await expect(note).toHaveText(/Please use euros\.(The team hears it|.* has taken this up)/);
  await project.completed();
  await expect(project.result).toContainText("5 of 5 steps completed");
  expect(gate.streams).toBeGreaterThan(1);
});

test("once WebSockets pass again, the page takes one", async ({ page, gate }) => {
  const home = await Home.open(page);
  await expect(connection(page)).toHaveText(CONNECTED);
  expect(gate.streams).toBeGreaterThan(0);
  const streams = gate.streams;
  gate.letSocketsThrough();
  await expect.poll(() => gate.passed).toBe(1);
  await expect(connection(page)).toHaveText(CONNECTED);
  await (await home.submit("A quiz about European capitals")).completed();
  expect(gate.streams).toBe(streams);
});
