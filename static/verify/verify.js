// Verifies the signed record of a QR code on the phone itself: WebCrypto where it knows Ed25519, else the vendored library.
import { readRecord, sameName } from "./record.js";

const byId = (id) => document.getElementById(id);
const LABELS = [["number", "证书编号"], ["name", "姓名（隐去）"], ["award", "奖项（等级）"], ["event", "赛项（职业）"], ["issuedOn", "制发日期"]];

let shown = null;

async function keys() {
  return (await fetch("/V/keys.json")).json();
}

async function check(text) {
  const found = await readRecord(text, await keys());
  const result = byId("result");
  result.hidden = false;
  result.dataset.state = found.state;
  byId("state").textContent = { valid: "签名有效", invalid: "签名无效", unknown: "无法识别" }[found.state];
  byId("advice").textContent = {
    valid: "二维码由签发机构签名，内容未被改动。请核对以下内容与证书一致；是否已被换发或撤销，须联网查验。",
    invalid: "二维码内容被改动过，或者不是由签发机构签名的。请勿采信该证书。",
    unknown: "这不是带签名的证书二维码。请重新扫描，或者联网查验。",
  }[found.state];
  byId("facts").replaceChildren();
  for (const [key, label] of found.state === "valid" ? LABELS : []) {
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = label;
    value.textContent = found.record[key];
    byId("facts").append(term, value);
  }
  byId("compare").hidden = found.state !== "valid";
  byId("same").textContent = "";
  shown = found.record;
  byId("online").hidden = !found.path;
  if (found.path) byId("online").href = found.path;
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  check(byId("text").value);
});

byId("compare").addEventListener("submit", async (event) => {
  event.preventDefault();
  const same = await sameName(shown, byId("name").value);
  byId("same").textContent = same ? "姓名与二维码一致。" : "姓名与二维码不一致，请勿采信该证书。";
});

async function scan() {
  const camera = byId("camera");
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  camera.srcObject = stream;
  camera.hidden = false;
  await camera.play();
  const look = async () => {
    const [code] = await detector.detect(camera);
    if (!code) return setTimeout(look, 200);
    for (const track of stream.getTracks()) track.stop();
    camera.hidden = true;
    byId("text").value = code.rawValue;
    return check(code.rawValue);
  };
  look();
}

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  byId("scan").hidden = false;
  byId("scan").addEventListener("click", () => scan().catch(() => { byId("hint").textContent = "摄像头无法打开，请粘贴二维码内容。"; }));
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/V/worker.js", { scope: "/V/" })
    .then(() => navigator.serviceWorker.ready)
    .then(() => { byId("ready").textContent = "本页已保存，可离线使用。"; document.documentElement.dataset.ready = "yes"; })
    .catch(() => { byId("ready").textContent = "此浏览器不能保存本页，请联网使用。"; });
}

// Opened by a code while there is no network: the address is the code.
if (location.pathname.length > 4) {
  byId("text").value = location.href;
  check(location.href);
}
