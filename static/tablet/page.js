// The tablet's page: starts what it needs, hears what happens, and draws at most once a frame and never under a finger.

import { Board } from "./board.js";
import { $, announce, el, icon, knows, say, start, timeOf } from "./dom.js";
import { Journal } from "./journal.js";
import { Sender, call as callServer } from "./sender.js";

const SOON_MS = 400;
const EVERY_MS = 20_000;

const journal = await Journal.open();
const tabs = new BroadcastChannel("tablet");
const sender = new Sender(journal, { build: start.build, tell: hear });
const board = new Board(journal, { changed: redraw, kept: sendSoon, failed: storageFailed });
const net = { login: false, trouble: null, sentAt: await journal.get("last_sent"), update: false };

// --- what happens --------------------------------------------------------------------------------------------------

function hear(news, fromOther = false) {
  if (!fromOther) tabs.postMessage(news);
  if (news.type === "retry") net.trouble = news.reason;
  if (news.type === "login") net.login = true;
  if (news.type === "settled" || news.type === "synced") Object.assign(net, { trouble: null, sentAt: Date.now() });
  if (news.type === "synced") net.login = false;
  if (news.type === "settled") board.reread(news.cells).then(redraw);
  else if (news.type === "merged" || news.type === "login") board.load();
  else redraw();
}

tabs.onmessage = ({ data }) => (data.type === "kept" ? board.reread(data.cells).then(redraw) : hear(data, true));

let soon = null;

/** Several quick taps make one request, and none where there surely is no network: it tells when it comes back. */
function sendSoon(cells) {
  tabs.postMessage({ type: "kept", cells });
  clearTimeout(soon);
  if (navigator.onLine || !net.trouble) soon = setTimeout(() => sender.flush(), SOON_MS);
  askForSync();
}

async function askForSync() {
  const registration = await navigator.serviceWorker?.getRegistration("/tablet/").catch(() => null);
  registration?.sync?.register("tablet-sender").catch(() => {});
}

function storageFailed(error) {
  $("banner").hidden = false;
  $("banner").replaceChildren(icon("warning"), el("span", {}, say("storage_failed", { error: error.name })));
}

// --- what only a judge who has entered needs ------------------------------------------------------------------------

let marking = null;
let coming = null;

/** The sheet and the dialogs, loaded once; where they do not come, the page begins again as soon as it may. */
function loadMarking() {
  coming ??= Promise.all([import("./sheet.js"), import("./dialogs.js")]).then(
    ([sheet, dialogs]) => { marking = { ...sheet, ...dialogs }; redraw(); },
    () => { if (navigator.onLine) setTimeout(() => location.reload(), EVERY_MS / 4); else addEventListener("online", () => location.reload()); },
  );
  return coming;
}

// --- drawing -------------------------------------------------------------------------------------------------------

let frame = 0;
let pressed = false;

function redraw() {
  if (!frame && !pressed) frame = requestAnimationFrame(draw);
}

addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { pressed = false; setTimeout(redraw); }, true);

function draw() {
  frame = 0;
  const { pack } = board;
  $("entry").hidden = Boolean(pack) && !asking;
  $("sheet").hidden = !pack || asking;
  $("foot").hidden = !pack || asking;
  $("entry-cancel").hidden = !pack;
  drawPill();
  $("heading").textContent = pack?.assessment.name ?? say("title");
  $("who-name").textContent = pack?.judge.name ?? "";
  $("who-seat").textContent = pack ? say("seat", { code: pack.judge.code }) : "";
  $("foreign").hidden = !board.foreign;
  $("foreign").textContent = say("foreign", { count: board.foreign });
  document.documentElement.dataset.build = start.build;
  document.documentElement.toggleAttribute("data-update", net.update);
  if (!pack?.candidates.length) return;
  if (marking) marking.drawSheet(board, { sign: () => marking.review(board), call: () => marking.call(board), receipt: () => marking.receipt(board) });
  else loadMarking();
}

function drawPill() {
  const waiting = board.waiting().length;
  const quarrels = board.conflicts().length;
  const [tone, symbol, words] = !board.seat ? ["info", "info", say("not_entered")]
    : net.login ? ["danger", "lock", say("enter_again", { waiting })]
      : quarrels ? ["danger", "warning", say("conflicts", { count: quarrels })]
        : waiting && net.trouble ? ["warning", "offline", say("offline", { waiting })]
          : waiting ? ["warning", "download", say("sending", { waiting })]
            : net.trouble ? ["warning", "offline", say("offline_none")]
              : ["success", "check", say("all_sent", { when: net.sentAt ? timeOf(net.sentAt) : "" })];
  $("pill").className = `pill pill-${tone}`;
  if ($("pill-words").textContent !== words) $("pill-words").textContent = words;
  $("pill-icon").replaceChildren(icon(symbol));
}

// --- entry by card -------------------------------------------------------------------------------------------------

let asking = false;

function ask() {
  asking = true;
  if (net.login && board.grant) $("entry-lead").textContent = say("enter_same", { judge: board.grant.seat.judge_name ?? board.grant.seat.judge });
  redraw();
  $("card").focus();
}

async function enter(proof) {
  loadMarking();
  $("entry-fault").textContent = "";
  $("entry-go").disabled = true;
  try {
    const { body } = await callServer("/api/v1/tablet/grants", {
      method: "POST", body: { proto: 1, ...proof, device_id: await journal.deviceId(), label: (await journal.get("label")) ?? null },
    });
    await begin({ ...body, device_id: await journal.deviceId() });
    $("entry").reset();
  } catch (trouble) {
    $("entry-fault").textContent = say(knows(`trouble_${trouble.reason}`) ? `trouble_${trouble.reason}` : "trouble_other");
    announce($("entry-fault").textContent);
  } finally {
    $("entry-go").disabled = false;
  }
}

async function begin(grant) {
  await journal.admit(grant);
  net.login = false;
  asking = false;
  if (await navigator.storage?.persisted?.()) await journal.put("persisted", true);
  else await journal.put("persisted", Boolean(await navigator.storage?.persist?.()));
  await board.load();
  await sender.nudge({ snapshot: true });
}

$("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  enter({ card: $("card").value.trim().toUpperCase(), pin: $("pin").value.trim() });
});
$("entry-cancel").addEventListener("click", () => { asking = false; redraw(); });

// --- dialogs -------------------------------------------------------------------------------------------------------

const openState = () => loadMarking().then(() => marking?.showState(board, net));
$("pill").addEventListener("click", () => (net.login ? ask() : openState()));
$("review-wipe").addEventListener("click", () => marking.wipeSignature());
$("sign").addEventListener("click", async () => { if (await marking.sign(board)) await board.load(); });
$("receipt-print").addEventListener("click", () => print());
$("call-photo").addEventListener("change", (event) => { marking.addPhoto(event.target.files[0]); event.target.value = ""; });
$("call-send").addEventListener("click", async () => { await marking.sendCall(board); await board.load(); });
$("state-send").addEventListener("click", () => { $("state-dialog").close(); sender.nudge({ snapshot: true }); });
$("state-export").addEventListener("click", () => marking.exportAll(board));
$("state-enter").addEventListener("click", () => { $("state-dialog").close(); ask(); });
$("state-label").addEventListener("change", (event) => journal.put("label", event.target.value.trim().slice(0, 80)));
$("state-update").addEventListener("click", takeOver);

addEventListener("keydown", (event) => {
  if (!board.pack || asking || event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA/.test(event.target.tagName) || document.querySelector("dialog[open]")) return;
  if (event.key.toLowerCase() === "t" && $("timer-go")) return $("timer-go").click();
  const target = /^[0-9.]$/.test(event.key) ? ($(`level-${event.key}`) ?? $(`key-${event.key}`)) : event.key === "Backspace" ? $("key-back") : event.key === "Enter" && event.target === document.body ? $("enter") : null;
  if (!target) return;
  event.preventDefault();
  target.click();
});

// --- the worker ----------------------------------------------------------------------------------------------------

const ASK_AGAIN_MS = 500;
const MOST_ASKS = 8;

async function install() {
  if (!("serviceWorker" in navigator)) return;
  let inCharge = navigator.serviceWorker.controller;
  // Another build has taken over, by this judge's word or by that given in another tab: this page is of the old one.
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (inCharge) location.reload();
    inCharge = navigator.serviceWorker.controller;
  });
  const registration = await navigator.serviceWorker.register(start.urls.worker, { scope: "/tablet/", type: "module", updateViaCache: "none" });
  const offer = () => {
    net.update = Boolean(inCharge && registration.waiting);
    redraw();
  };
  offer();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", offer));
}

/**
 * Let the new build take over, as the judge has said. The browser lets the old worker rest first, and now and then does not
 * notice that it does: so the wish is repeated, to whichever build waits by then, and at last the page does without.
 */
async function takeOver() {
  $("state-update").disabled = true;
  const registration = await navigator.serviceWorker.getRegistration("/tablet/");
  for (let tries = 0; registration.waiting && tries < MOST_ASKS; tries += 1) {
    registration.waiting.postMessage("take over");
    await new Promise((done) => { setTimeout(done, ASK_AGAIN_MS); });
  }
  if (registration.waiting) await startAfresh(registration);
  location.reload();
}

/** Page and worker come anew from the server, as on the first day, if it can be reached; marks are kept elsewhere. */
async function startAfresh(registration) {
  const answer = await fetch(start.urls.worker, { cache: "no-store" }).catch(() => null);
  if (answer?.ok) await registration.unregister();
}

// --- start ---------------------------------------------------------------------------------------------------------

for (const [target, event] of [[window, "online"], [window, "pageshow"], [window, "focus"]]) target.addEventListener(event, () => sender.nudge());
document.addEventListener("visibilitychange", () => { if (!document.hidden) sender.nudge({ snapshot: true }); });
setInterval(() => { if (!document.hidden) sender.flush({ snapshot: true }); }, EVERY_MS * (0.9 + Math.random() / 5));

install().catch(() => {});
await journal.prune();
await board.load();
$("entry-go").disabled = false;
// The next time the page does not begin with the form.
if (board.seat) try { localStorage.setItem("entered", ""); } catch { /* Private mode: it does. */ }
const card = new URLSearchParams(location.hash.slice(1)).get("card");
if (card) {
  history.replaceState(null, "", location.pathname);
  await enter({ qr: card });
} else if (board.seat) await sender.nudge({ snapshot: true });
document.documentElement.dataset.ready = "true";
