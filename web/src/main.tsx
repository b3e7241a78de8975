import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { createLive } from "@/lib/browser";
import "./styles.css";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no root element");
const live = createLive();
live.connection.start();
createRoot(root).render(<App live={live} />);
