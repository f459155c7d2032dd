// The door: the camera reads passes, by the browser itself or, where it does not know how, by jsQR, which is
// loaded only then. What is read is typed and sent.
(() => {
  "use strict";
  const form = document.querySelector(".door-form");
  const button = form?.querySelector("[data-camera]");
  if (!button || !navigator.mediaDevices) return;
  const video = form.querySelector("[data-video]");
  const fault = form.querySelector("[data-camera-fault]");
  const KEPT = "check-in-camera";
  let stream = null;

  const stop = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.hidden = true;
    button.setAttribute("aria-pressed", "false");
  };

  /** A function that says what code the picture shows, if any. */
  const reader = async () => {
    const formats = await window.BarcodeDetector?.getSupportedFormats().catch(() => []);
    if (formats?.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect(video))[0]?.rawValue;
    }
    if (!window.jsQR) await loaded(form.dataset.reader);
    const still = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    return async () => {
      const [width, height] = [video.videoWidth, video.videoHeight];
      Object.assign(still.canvas, { width, height });
      still.drawImage(video, 0, 0);
      return jsQR(still.getImageData(0, 0, width, height).data, width, height)?.data;
    };
  };

  const loaded = (address) =>
    new Promise((resolve, reject) => {
      document.head.append(Object.assign(document.createElement("script"), { src: address, onload: resolve, onerror: reject }));
    });

  const look = async (read) => {
    if (!stream) return;
    const text = video.readyState < 2 ? "" : await read().catch(() => "");
    if (text) {
      form.elements.typed.value = text;
      stop();
      form.requestSubmit();
      return;
    }
    setTimeout(look, 150, read);
  };

  const start = async () => {
    let read;
    try {
      read = await reader();
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      fault.hidden = false;
      sessionStorage.removeItem(KEPT);
      return;
    }
    fault.hidden = true;
    video.srcObject = stream;
    video.hidden = false;
    button.setAttribute("aria-pressed", "true");
    await video.play();
    look(read);
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    if (stream) {
      stop();
      sessionStorage.removeItem(KEPT);
    } else {
      sessionStorage.setItem(KEPT, "on");
      start();
    }
  });
  // The page loads anew after each competitor: the camera goes on where it was on.
  if (sessionStorage.getItem(KEPT)) start();
  addEventListener("pagehide", stop);
})();
