// Closes messages, and shows those that other scripts send: dispatchEvent(new CustomEvent("toast", {detail: {message, tone}})).
(() => {
  "use strict";
  const place = document.querySelector("[data-toasts]");

  document.addEventListener("click", (event) => {
    event.target.closest("[data-close-toast]")?.closest(".toast-note")?.remove();
  });

  document.addEventListener("toast", (event) => {
    if (!place) return;
    const note = document.createElement("div");
    const text = document.createElement("p");
    const tone = event.detail.tone || "info";
    note.className = `toast-note toast-note-${tone}`;
    note.setAttribute("role", tone === "danger" ? "alert" : "status");
    text.textContent = event.detail.message;
    note.append(text);
    place.append(note);
  });
})();
