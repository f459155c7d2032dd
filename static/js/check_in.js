// The door: the camera reads passes where the browser knows how to; what it reads is typed and sent.
(() => {
  "use strict";
  const form = document.querySelector(".door-form");
  const button = form?.querySelector("[data-camera]");
  if (!button || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
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

  const look = async (detector) => {
    if (!stream) return;
    const codes = video.readyState < 2 ? [] : await detector.detect(video).catch(() => []);
    if (codes.length) {
      form.elements.typed.value = codes[0].rawValue;
      stop();
      form.requestSubmit();
      return;
    }
    setTimeout(look, 150, detector);
  };

  const start = async () => {
    try {
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
    look(new BarcodeDetector({ formats: ["qr_code"] }));
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
