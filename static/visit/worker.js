// Opens the page of a site visit without a network. What the server can answer, the server answers.
const KEPT_PAGES = "visits";

addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  // What a script asks for has no destination: a kept answer would tell it of a session that is over.
  if (request.method !== "GET" || !request.destination || new URL(request.url).origin !== location.origin) return;
  event.respondWith(fetch(request).catch(async (error) => {
    const kept = await caches.match(request, { cacheName: KEPT_PAGES, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }));
});
