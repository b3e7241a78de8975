import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { createCrashReporter, createKept, createLive, createSession, keepWhatIsSeen } from "@/lib/browser";
import { startWorker } from "@/lib/new-version";
import { words } from "@/words";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element");
const crashes = createCrashReporter(words.faults.window);
const live = createLive(() => session.check());
const kept = createKept();
// Vite's own server has no built files to hold.
const lookForNewVersion = import.meta.env.PROD ? startWorker(new URL(import.meta.url).pathname) : () => {};
const session = createSession(kept, () => live.connection.start());
live.store.subscribe(({ link }, before) => {
  if (link === before.link || link.status !== "connected") return;
  crashes.flush();
  lookForNewVersion();
});
keepWhatIsSeen(live, kept);
live.connection.start();
void session.check();
createRoot(root).render(
  <App
    live={live}
    session={session}
    onCrash={(error, where) => crashes.report(error, where)}
    readKept={(runId) => kept.read(runId)}
  />,
);
