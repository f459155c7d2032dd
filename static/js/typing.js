// Typing a paper sheet: Enter goes to the next cell, as in a table; the last cell leads to the button.
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-typing]")) {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
      event.preventDefault();
      const cells = [...form.querySelectorAll("input:not([type=hidden]), button[type=submit]")];
      cells[cells.indexOf(event.target) + 1]?.focus();
    });
    form.querySelector("input[inputmode]")?.focus();
  }
})();
