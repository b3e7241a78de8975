/** The browser as the connection's world: its sockets, clock, chance and wake-ups. */

import { type Socket, SUBPROTOCOL, type World } from "./connection";
import { Live, type Schedule } from "./store";

const CLIENT_ID = "botarmy.client";
/** A hidden page draws no frames; what arrives is applied all the same. */
const HIDDEN_APPLY_MS = 250;

export function browserWorld(): World {
  return {
    open: () => new WebSocket(socketUrl(location), SUBPROTOCOL) as Socket,
    now: () => Date.now(),
    random: () => Math.random(),
    uuid: () => crypto.randomUUID(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}

export function createLive(): Live {
  const live = new Live(browserWorld(), onceDrawn, clientId());
  const wake = () => {
    if (document.visibilityState === "visible") live.connection.wake();
  };
  window.addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  return live;
}

const onceDrawn: Schedule = (apply) => {
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    apply();
  };
  requestAnimationFrame(once);
  setTimeout(once, HIDDEN_APPLY_MS);
};

function socketUrl({ protocol, host }: Location): string {
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`;
}

/** One id for each tab, kept over reloads. */
function clientId(): string {
  try {
    const held = sessionStorage.getItem(CLIENT_ID) ?? crypto.randomUUID();
    sessionStorage.setItem(CLIENT_ID, held);
    return held;
  } catch {
    return crypto.randomUUID();
  }
}
