// A row with <a class="row-link"> opens by a click anywhere on it; text can still be selected.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("tr")?.querySelector("a.row-link");
    if (!link || event.target.closest("a, button, input, select, label, summary, dialog")) return;
    if (String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });
})();
