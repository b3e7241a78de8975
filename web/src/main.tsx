import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { createCrashReporter, createLive, createSession } from "@/lib/browser";
import { words } from "@/words";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element");
const crashes = createCrashReporter(words.faults.window);
const live = createLive(() => session.check());
const session = createSession(() => live.connection.start());
live.store.subscribe(({ link }, before) => {
  if (link !== before.link && link.status === "connected") crashes.flush();
});
live.connection.start();
void session.check();
createRoot(root).render(
  <App live={live} session={session} onCrash={(error, where) => crashes.report(error, where)} />,
);
