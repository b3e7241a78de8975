/**
 * The service worker: the page's own files are there without the server. It never touches what the API says.
 *
 * The build puts `BUILD` above this: `version`, `entry` (the page's first script) and `files` to hold from the start.
 * An address is asked of the server first, so that a new version is seen at once; the files that it names have
 * their content in their name, so what is held of them is right for ever. The version before stays for tabs that
 * are still open.
 */
/* global BUILD */

const PREFIX = "botarmy-page-";
const CACHE = PREFIX + BUILD.version;
const INDEX = "/";
const NOT_THE_PAGE = /^\/(?:api|ws|agui|healthz|readyz|metrics)(?:\/|$)/;
/** What a proxy says of a server that is away. */
const AWAY = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || NOT_THE_PAGE.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(navigated(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
  else if (BUILD.files.includes(pathname)) event.respondWith(serverFirst(request, pathname));
});

async function install() {
  const cache = await caches.open(CACHE);
  const fresh = [INDEX, ...BUILD.files].map((path) => new Request(path, { cache: "no-cache" }));
  // All or nothing: half a version is none.
  await cache.addAll(fresh);
  await self.skipWaiting();
}

async function activate() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  // In the order of their making: the last one may be what open tabs came from.
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
  for (const client of await self.clients.matchAll())
    client.postMessage({ type: "version", entry: BUILD.entry });
}

async function navigated(request) {
  return serverFirst(request, INDEX);
}

async function serverFirst(request, path) {
  try {
    const response = await fetch(request);
    if (!AWAY.includes(response.status)) return response;
    return (await held(path)) ?? response;
  } catch (error) {
    const response = await held(path);
    if (response !== undefined) return response;
    throw error;
  }
}

async function held(path) {
  return (await caches.open(CACHE)).match(path);
}

async function asset(request) {
  const found = await caches.match(request);
  if (found !== undefined) return found;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}
