// Forms: one submit only, a warning before a half-filled form is left, shown passwords, chosen files, focus on errors.
(() => {
  "use strict";
  const changed = new Set();

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.method === "post" && !form.closest("dialog") && !("plain" in form.dataset)) changed.add(form);
  });

  window.addEventListener("beforeunload", (event) => {
    if (changed.size) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    changed.delete(form);
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
      button.setAttribute("aria-disabled", "true");
    }
  });

  // A page that comes back from the browser's memory may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
    }
  });

  for (const button of document.querySelectorAll("[data-reveal]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const input = document.getElementById(button.dataset.reveal);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
  }

  const size = (bytes) => bytes < 1000 ? `${bytes} B`
    : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

  for (const field of document.querySelectorAll("[data-file-field]")) {
    const input = field.querySelector("input[type=file]");
    const chosen = field.querySelector("[data-file-chosen]");
    input.addEventListener("change", () => {
      chosen.textContent = [...input.files].map((file) => `${file.name} (${size(file.size)})`).join("; ");
      field.classList.toggle("file-field-filled", input.files.length > 0);
    });
    for (const kind of ["dragover", "dragleave", "drop"]) {
      field.addEventListener(kind, () => field.classList.toggle("file-field-over", kind === "dragover"));
    }
  }

  document.querySelector("[data-focus]")?.focus();
})();
