// The frame of a page: the side menu on small screens, menus that close, print and back buttons.
(() => {
  "use strict";
  const button = document.querySelector("[data-menu-button]");
  const side = document.getElementById("side");
  const show = (open) => {
    button.setAttribute("aria-expanded", String(open));
    side.classList.toggle("open", open);
  };
  button?.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (button?.getAttribute("aria-expanded") === "true") {
      show(false);
      button.focus();
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-go-back]")) history.back();
  });

  // Pages that a device opens without a network go with whoever signs out of it.
  document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => { globalThis.caches?.delete("visits"); });

  if (history.length > 1) for (const back of document.querySelectorAll("[data-go-back]")) back.hidden = false;
})();
