import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { createLive, createSession } from "@/lib/browser";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element");
const live = createLive(() => session.check());
const session = createSession(() => live.connection.start());
live.connection.start();
void session.check();
createRoot(root).render(<App live={live} session={session} />);
