// Keeps the page for phones on the phone. What the server can answer, the server answers; without it, the kept page does.
const KEPT = "verify-1";
const FILES = ["/V/", "/V/keys.json", "/static/verify/verify.js", "/static/verify/record.js", "/static/verify/verify.css",
  "/static/css/tokens.css", "/static/vendor/noble-ed25519/index.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys()
    .then((names) => Promise.all(names.filter((name) => name.startsWith("verify-") && name !== KEPT).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  event.respondWith(answer(event.request, url));
});

async function answer(request, url) {
  const cache = await caches.open(KEPT);
  const kept = FILES.includes(url.pathname) ? url.pathname : null;
  try {
    const fresh = await fetch(request);
    if (fresh.ok && kept) await cache.put(kept, fresh.clone());
    return fresh;
  } catch (error) {
    const held = await cache.match(request.mode === "navigate" ? "/V/" : kept || request);
    if (held) return held;
    throw error;
  }
}
