// The dialogs of the tablet's page: check and sign, receipt, call for the chief judge, what waits here.

import { $, announce, el, knows, say, timeOf, toast } from "./dom.js";
import { isWaiting, newId } from "./journal.js";
import { sheetContent } from "./rules.js";
import { shownValue } from "./sheet.js";
import { clockText } from "./timer.js";

const WIDEST_PHOTO = 1600;
const MOST_PHOTOS = 6;

const opened = (id) => { $(id).showModal(); return $(id); };

// --- check and sign ------------------------------------------------------------------------------------------------

let pen = null;

export async function review(board) {
  $("review-code").textContent = board.candidate;
  $("review-rows").replaceChildren(...rows(board));
  $("review-name").value = board.pack.judge.name;
  opened("review-dialog");
  const { default: SignaturePad } = await import("../vendor/signature_pad/signature_pad.min.js");
  const canvas = $("review-canvas");
  const scale = Math.max(devicePixelRatio, 1);
  canvas.width = canvas.offsetWidth * scale;
  canvas.height = canvas.offsetHeight * scale;
  canvas.getContext("2d").scale(scale, scale);
  pen?.off();
  pen = new SignaturePad(canvas, { penColor: getComputedStyle(canvas).color });
}

function rows(board) {
  return board.aspects.map((aspect) => el("tr", {},
    el("th", { scope: "row" }, `${aspect.code} ${aspect.name}`),
    el("td", {}, shownValue(aspect, board.value(board.candidate, aspect.code)))));
}

export const wipeSignature = () => pen?.clear();

/** Sign what was shown: by the name in print, by a drawn signature, or both. False where neither is given. */
export async function sign(board) {
  const name = $("review-name").value.trim();
  if (!name && (pen === null || pen.isEmpty())) {
    toast(say("sign_how"));
    return false;
  }
  const strokes = pen && !pen.isEmpty() ? pen.toData().map((stroke) => stroke.points.map((at) => [Math.round(at.x), Math.round(at.y)])) : null;
  const values = Object.fromEntries(board.aspects.map((aspect) => [aspect.code, board.value(board.candidate, aspect.code)]));
  const digest = await sha256(sheetContent(values));
  await board.keep({ candidate: board.candidate, aspect: null, kind: "sign", value: digest, extra: { name: name || null, strokes } });
  $("review-dialog").close();
  announce(say("signed_now", { code: board.candidate }));
  toast(say("signed_now", { code: board.candidate }));
  return true;
}

async function sha256(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What was signed, when, and the digits by which it can be found again. */
export function receipt(board) {
  const entry = board.entry(board.candidate);
  const state = board.state(board.candidate, null);
  const digest = board.value(board.candidate, null) ?? "";
  $("receipt-code").textContent = board.candidate;
  $("receipt-text").textContent = state === "saved" ? say("receipt_waiting") : say("receipt_sent", { when: new Date(entry.signed_at ?? board.cell(board.candidate, null).synced_at).toLocaleString(document.documentElement.lang) });
  $("receipt-digest").textContent = digest.replace(/(.{8})/g, "$1 ").trim();
  $("receipt-rows").replaceChildren(...rows(board));
  opened("receipt-dialog");
}

// --- call for the chief judge, incident note, photo ----------------------------------------------------------------

let photos = [];

export function call(board) {
  photos = [];
  $("call-code").textContent = `${board.candidate} ${board.aspect.code}`;
  $("call-text").value = "";
  $("call-form").querySelector("input").checked = true;
  $("call-photos").replaceChildren();
  $("call-earlier").replaceChildren(...(board.pack.flags ?? []).filter((flag) => flag.candidate === board.candidate).map((flag) => el("li", {}, `${timeOf(flag.client_ts)} ${flag.extra?.text || say(flag.extra?.kind === "incident" ? "incident" : "call_chief")}${flag.answer ? ` → ${flag.answer}` : ""}`)));
  opened("call-dialog");
}

/** A photo made smaller, so that it can wait on the tablet and go over bad Wi-Fi. */
export async function addPhoto(file) {
  if (!file || photos.length === MOST_PHOTOS) return;
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return toast(say("no_photo"));
  const scale = Math.min(1, WIDEST_PHOTO / Math.max(image.width, image.height));
  const canvas = el("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((made) => { canvas.toBlob(made, "image/jpeg", 0.8); });
  photos.push({ id: newId(), blob });
  canvas.className = "thumbnail";
  $("call-photos").append(canvas);
}

export async function sendCall(board) {
  const kind = new FormData($("call-form")).get("kind");
  const { candidate, aspect } = board;
  for (const { id, blob } of photos) await board.journal.db.put("photos", { id, blob, seat: board.seat, candidate, aspect: aspect.code, taken_at: Date.now(), sent: false });
  await board.keep({ candidate, aspect: aspect.code, kind: "flag", value: null, extra: { kind, text: $("call-text").value.trim(), photos: photos.map((one) => one.id) } });
  $("call-dialog").close();
  toast(say(kind === "incident" ? "incident_kept" : "call_kept"));
}

// --- what waits here -----------------------------------------------------------------------------------------------

export async function showState(board, { trouble, update }) {
  const { journal } = board;
  const [last, label, persisted, device] = await Promise.all([journal.get("last_sent"), journal.get("label"), journal.get("persisted"), journal.deviceId()]);
  const ops = [...board.ops.values()].flat().sort((one, other) => one.seq - other.seq);
  $("state-last").textContent = last ? say("last_sent", { when: timeOf(last) }) : say("never_sent");
  $("state-trouble").textContent = trouble ? say("trouble", { reason: say(knows(`trouble_${trouble}`) ? `trouble_${trouble}` : "trouble_other") }) : "";
  $("state-kept").textContent = say(persisted ? "storage_kept" : "storage_loose");
  $("state-device").textContent = say("device", { device: device.slice(0, 8) });
  $("state-label").value = label ?? "";
  $("state-rows").replaceChildren(...ops.map((op) => el("tr", {},
    el("td", {}, `#${op.seq}`), el("td", {}, op.candidate), el("td", {}, op.aspect ?? (op.kind === "sign" ? say("signature") : op.kind === "time" ? say("working_time") : "")),
    el("td", {}, op.kind === "sign" ? "" : op.kind === "time" && op.value !== null ? clockText(Number(op.value)) : op.kind === "flag" ? say("call_chief") : op.value ?? say("withdrawn")),
    el("td", {}, isWaiting(op) ? say("saved_here") : say(op.state)))));
  $("state-table").hidden = !ops.length;
  $("state-update").hidden = !update;
  $("state-update").disabled = ops.some(isWaiting);
  opened("state-dialog");
}

/** The last resort: everything that this tablet keeps, as a file. */
export async function exportAll(board) {
  const blob = new Blob([JSON.stringify(await board.journal.everything(), null, 1)], { type: "application/json" });
  const link = el("a", { href: URL.createObjectURL(blob), download: `marks-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "-")}.json` });
  link.click();
  URL.revokeObjectURL(link.href);
}

