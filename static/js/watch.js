// The chief judge's page: asks for progress only where it has changed, and fills in which tablet is to be revoked.
(() => {
  "use strict";
  const isProgress = (event) => event.detail.elt?.id === "progress";

  document.addEventListener("htmx:configRequest", (event) => {
    if (isProgress(event)) event.detail.headers["If-None-Match"] = `"${event.detail.elt.dataset.tag}"`;
  });

  // Nothing moves under an open dialog, and nothing is asked for a page that nobody sees.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isProgress(event) && (document.hidden || document.querySelector("dialog[open]"))) event.preventDefault();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isProgress(event)) return;
    const { xhr } = event.detail;
    if (xhr.status === 304 || document.querySelector("dialog[open]")) event.detail.shouldSwap = false;
    else event.detail.elt.dataset.tag = (xhr.getResponseHeader("ETag") ?? "").replace(/^W\//, "").replaceAll('"', "");
  });

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-dialog][data-fill]");
    if (!opener) return;
    const dialog = document.getElementById(opener.dataset.openDialog);
    for (const [name, value] of Object.entries(JSON.parse(opener.dataset.fill))) {
      const input = dialog.querySelector(`input[name="${name}"]`);
      if (input) input.value = value;
      else dialog.querySelector(`[data-filled="${name}"]`).textContent = value;
    }
  });

  // A form whose answer is a document leaves this page as it is: it may be sent again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("again" in form.dataset)) return;
    setTimeout(() => {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
      form.closest("dialog")?.close();
    }, 1500);
  });
})();
