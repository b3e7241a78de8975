/** The browser as the world of connection and session: its sockets, clock, chance, wake-ups and other tabs. */

import { askSession, endSession, openSession, sendCrash } from "./api";
import { browserShelf } from "./browser-shelf";
import { type Socket, SUBPROTOCOL, type World } from "./connection";
import { CrashReporter } from "./crashes";
import { EventStream } from "./event-stream";
import { keepViews } from "./keeping";
import { KeptViews } from "./kept";
import { Lookout } from "./lookout";
import { SessionKeeper, WHOSE_KEY } from "./session";
import { Live, type Schedule } from "./store";
import { stored } from "./stored";
import { Transports } from "./transports";
import { uuid } from "./uuid";
import { readRunView } from "./views";

const CLIENT_ID = "botarmy.client";
/** A hidden page draws no frames; what arrives is applied all the same. */
const HIDDEN_APPLY_MS = 250;
/** A server that takes longer is as good as away. */
const REACHABLE_MS = 2_000;
/** A browser that takes longer to forget is left behind: what is kept is given to nobody else anyway. */
const FORGET_MS = 1_000;
/** Where nobody has to sign in. */
const NOBODY = "local";

export function browserWorld(): World {
  const transports = new Transports({
    socket: () => new WebSocket(socketUrl(location), SUBPROTOCOL) as Socket,
    stream: () => new EventStream((path, how) => fetch(path, how)),
    reachable: isReachable,
    after,
  });
  return {
    open: () => transports.open(),
    now: () => Date.now(),
    random: () => Math.random(),
    uuid,
    after,
  };
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

async function isReachable(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(REACHABLE_MS) })).ok;
  } catch {
    return false;
  }
}

export function createLive(onDoubt: () => void): Live {
  const live = new Live(browserWorld(), onceDrawn, clientId(), onDoubt);
  const wake = () => live.connection.wake();
  whenBack(wake);
  const visible = () => document.visibilityState === "visible";
  const lookout = new Lookout({ visible, reachable: isReachable, random: Math.random, after }, wake);
  live.store.subscribe(({ link }, before) => {
    if (link !== before.link) lookout.see(link);
  });
  return live;
}

/** `onIn`: what to do each time that somebody turns out to be signed in. */
export function createSession(kept: KeptViews, onIn: () => void): SessionKeeper {
  const forget = () => Promise.race([kept.clear(), new Promise<void>((late) => setTimeout(late, FORGET_MS))]);
  const reload = (path?: string) => (path === undefined ? location.reload() : location.replace(path));
  const doorway = { ask: askSession, signIn: openSession, signOut: endSession, forget, reload };
  const session = new SessionKeeper(doorway, onIn);
  const checkIfOut = () => {
    if (session.store.getState().status === "out") void session.check();
  };
  whenBack(checkIfOut);
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== WHOSE_KEY) return;
    if (newValue === null) void session.leave();
    else checkIfOut();
  });
  return session;
}

/** Whose browser this is, as far as is known without the server. */
function whose(): string {
  return stored(WHOSE_KEY) ?? NOBODY;
}

export function createKept(): KeptViews {
  return new KeptViews(browserShelf(), (view) => readRunView(view), Date.now, whose);
}

/** What is followed is kept from now on. */
export function keepWhatIsSeen(live: Live, kept: KeptViews): void {
  const keepNow = keepViews(live, kept, after);
  window.addEventListener("pagehide", keepNow);
  document.addEventListener("visibilitychange", keepNow);
}

/** Hears of every fault that nobody caught. `where`: what such a place is called. */
export function createCrashReporter(where: string): CrashReporter {
  const reporter = new CrashReporter({
    send: sendCrash,
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    path: () => location.pathname,
  });
  window.addEventListener("error", ({ error }) => void reporter.report(error, where));
  window.addEventListener("unhandledrejection", ({ reason }) => void reporter.report(reason, where));
  return reporter;
}

/** When the browser is online again, or the page is looked at again. */
function whenBack(run: () => void): void {
  const back = () => {
    if (document.visibilityState === "visible") run();
  };
  window.addEventListener("online", back);
  document.addEventListener("visibilitychange", back);
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
    const held = sessionStorage.getItem(CLIENT_ID) ?? uuid();
    sessionStorage.setItem(CLIENT_ID, held);
    return held;
  } catch {
    return uuid();
  }
}
