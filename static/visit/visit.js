// The report of a site visit: the page, every stroke and every photo stay on the device until the server has them.
import { openDB } from "../vendor/idb/index.js";
import { newId } from "../tablet/journal.js";

// A photo that is older was not taken here and now: where the device is says nothing of it.
const FRESH_MS = 5 * 60 * 1000;
const PLACE_MS = 8000;
const KEPT_PAGES = "visits";

const form = document.querySelector("form[data-visit]");
const state = document.querySelector("[data-offline-state]");
const queue = document.querySelector("[data-photo-queue]");
const key = `visit:${form?.dataset.visit}`;

class Away extends Error {}

/** The page again, and all that it is drawn with: the device opens it without a network from now on. */
async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(form.dataset.worker);
  const drawn = performance.getEntriesByType("resource").map((one) => one.name).filter((name) => new URL(name).pathname.startsWith("/static/"));
  const cache = await caches.open(KEPT_PAGES);
  await cache.addAll([location.pathname, ...new Set(drawn)]);
  form.dataset.page = "kept";
}

/** Take over the token of the session as it is now; `Away` where none is there. Once before all that is sent together. */
async function renewToken() {
  const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
  const token = page.querySelector("form[data-visit] [name=csrf_token]");
  if (!token) throw new Away(form.dataset.away);
  form.elements.csrf_token.value = token.value;
}

/** Post to the server; `Away` where nothing of ours answers. */
async function post(address, body) {
  const answer = await fetch(address, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value }, body });
  if (!answer.ok && answer.status !== 422) throw new Away(form.dataset.kept);
  return answer;
}

const tell = (text) => { state.textContent = text; };
const tellAway = (error) => tell(error instanceof Away ? error.message : form.dataset.kept);

/** Keeps every stroke; answers with what sends a report that waits. */
function keepReport() {
  const fields = [...form.elements].filter((one) => one.name && one.name !== "csrf_token");
  const kept = () => JSON.parse(localStorage.getItem(key) || "{}");
  const keep = (waiting) => {
    localStorage.setItem(key, JSON.stringify({ values: Object.fromEntries(fields.map((one) => [one.name, one.value])), waiting }));
    tell(form.dataset.kept);
  };
  for (const field of fields) field.value = kept().values?.[field.name] ?? field.value;

  const send = async () => {
    await renewToken();
    const answer = await post(location.pathname, new FormData(form));
    if (answer.ok) {
      localStorage.removeItem(key);
      location.reload();
    } else {
      // The server says at the field what is wrong; what was typed stays kept, and waits for a hand to send it.
      keep(false);
      form.submit();
    }
  };
  const sendOrKeep = () => send().catch((error) => { keep(true); tellAway(error); });
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", (event) => { event.preventDefault(); sendOrKeep(); });
  return () => kept().waiting && sendOrKeep();
}

/** Where the device is, if it says so in time. */
function place() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve({});
    const late = setTimeout(resolve, PLACE_MS, {});
    const told = ({ coords }) => { clearTimeout(late); resolve({ latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6) }); };
    navigator.geolocation.getCurrentPosition(told, () => resolve({}), { maximumAge: 60_000, timeout: PLACE_MS });
  });
}

/** Keeps every photo that is chosen; answers with what sends those that wait. */
async function keepPhotos() {
  const kept = await openDB("visits", 1, { upgrade: (made) => made.createObjectStore("photos", { keyPath: "id" }).createIndex("visit", "visit") });
  const mine = () => kept.getAllFromIndex("photos", "visit", form.dataset.visit);
  const chosen = document.getElementById("photos");
  const notes = new Map();

  const draw = ({ id, file }) => {
    const picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name, width: 160 });
    const note = Object.assign(document.createElement("span"), { className: "summary-note", textContent: form.dataset.waiting });
    const item = document.createElement("li");
    item.append(picture, note);
    notes.set(id, note);
    queue.append(item);
  };
  const send = async () => {
    const waiting = await mine();
    if (waiting.length) await renewToken();
    for (const { id, file, visit, ...about } of waiting) {
      const body = new FormData();
      for (const [name, value] of Object.entries({ id, ...about })) body.append(name, value);
      body.append("photo", file);
      const answer = await post(form.dataset.photos, body);
      const told = await answer.json();
      await kept.delete("photos", id);
      const note = notes.get(id);
      if (note) note.textContent = answer.ok ? form.dataset.arrived : told.detail || told.title;
    }
  };
  // One sender in all tabs: a photo that is sent twice would be kept once, but a poor network has no room for it.
  const sendOrKeep = () => (navigator.locks ? navigator.locks.request("visit-photos", send) : send()).catch(tellAway);

  chosen.addEventListener("change", async () => {
    const files = [...chosen.files];
    chosen.value = "";
    const fresh = (file) => Date.now() - file.lastModified < FRESH_MS;
    const here = files.some(fresh) ? await place() : {};
    for (const file of files) {
      const photo = { id: newId(), visit: form.dataset.visit, file, taken_at: new Date(file.lastModified).toISOString(), ...(fresh(file) ? here : {}) };
      await kept.put("photos", photo);
      draw(photo);
    }
    await sendOrKeep();
  });
  for (const photo of await mine()) draw(photo);
  return sendOrKeep;
}

async function main() {
  const sendReport = keepReport();
  const sendPhotos = await keepPhotos();
  // Photos first: the page opens anew when the report has arrived.
  const sendAll = async () => { await sendPhotos(); await sendReport(); };
  addEventListener("online", sendAll);
  keepPage().catch(() => undefined);
  await sendAll();
}

if (form) main();
