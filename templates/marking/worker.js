/* The tablet's worker: keeps the page of one build whole, and sends what waits when no page is open. Scope: /tablet/. */
import { Journal } from {{ url_for("static", filename="tablet/journal.js")|tojson }};
import { Sender } from {{ url_for("static", filename="tablet/sender.js")|tojson }};

const BUILD = {{ build|tojson }};
const CACHE = `tablet-${BUILD}`;
const FILES = {{ files|tojson }};

// All of one build or nothing. A new build never takes over by itself: no code changes under a judge's hand.
addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "reload", credentials: "omit" })));
  const page = await (await cache.match(FILES[0])).text();
  if (!page.includes(BUILD)) throw new Error("the server is changing builds");
})()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("tablet-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
})()));

// The build's own files come from the tablet first, so that bad Wi-Fi delays nothing; marks never pass through a cache.
addEventListener("fetch", (event) => {
  const { pathname, search, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !FILES.includes(pathname + search)) return;
  event.respondWith(caches.match(pathname + search, { cacheName: CACHE, ignoreVary: true }).then((kept) => kept ?? fetch(event.request)));
});

addEventListener("message", (event) => { if (event.data === "take over") event.waitUntil(skipWaiting()); });

addEventListener("sync", (event) => {
  if (event.tag !== "tablet-sender") return;
  event.waitUntil((async () => {
    const tabs = new BroadcastChannel("tablet");
    const sender = new Sender(await Journal.open(), { build: BUILD, repeat: false, tell: (news) => tabs.postMessage(news) });
    const { left, blocked } = await sender.flush();
    if (left && !blocked) throw new Error("not all sent");
  })());
});
