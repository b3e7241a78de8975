import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { renderLive } from "@/test/render-live";
import { ConnectionIndicator } from "./connection-indicator";

function words(): string | null {
  return screen.getByRole("status").textContent;
}

describe("ConnectionIndicator", () => {
  it("says each state in its own words, with an icon", async () => {
    const { world, connect } = await renderLive(<ConnectionIndicator />);
    expect(words()).toBe("Connecting...");
    connect();
    expect(words()).toBe("Connected to BotArmy");
    expect(screen.getByRole("status").querySelector("svg")).not.toBeNull();
    act(() => world.socket.drop());
    expect(words()).toBe("Connection lost. Retrying...");
    act(() => {
      for (let n = 0; n < 10; n++) {
        world.passToAttempt();
        world.socket.drop();
      }
    });
    expect(words()).toBe("Connection error. Check the server.");
  });

  it("tries again when it is told to", async () => {
    const { world, connect } = await renderLive(<ConnectionIndicator />);
    connect();
    act(() => world.socket.drop());
    await userEvent.click(screen.getByRole("button", { name: "Retry now" }));
    expect(world.sockets).toHaveLength(2);
  });
});
