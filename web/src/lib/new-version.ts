/** The service worker of this page: the page's own files without the server, and word of a new version. */

import { createStore, type StoreApi } from "zustand/vanilla";

/** Whether the server has a newer page than this one. */
export const newVersion: StoreApi<boolean> = createStore<boolean>(() => false);

const WORKER = "/worker.js";

/**
 * `entry`: the path of the script that this page began with. Returns what looks for a new version: when the server
 * is back, say. Browsers have no service workers over plain HTTP from another machine: then nothing is kept.
 */
export function startWorker(entry: string): () => void {
  if (!("serviceWorker" in navigator)) return () => {};
  const { serviceWorker } = navigator;
  serviceWorker.addEventListener("message", ({ data }) => {
    if (isVersion(data) && data.entry !== entry) newVersion.setState(true, true);
  });
  // Without it the page works as before.
  const registered = serviceWorker.register(WORKER, { updateViaCache: "none" }).catch(() => null);
  return () => void registered.then((registration) => registration?.update()).catch(() => {});
}

function isVersion(data: unknown): data is { readonly entry: string } {
  return (
    typeof data === "object" && data !== null && "type" in data && data.type === "version" && "entry" in data
  );
}
