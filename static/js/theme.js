// Light or dark: the reader's choice in this browser, else what the system says. Runs before the first paint.
(() => {
  "use strict";
  const root = document.documentElement;
  const KEY = "theme";
  const stored = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const store = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* Private mode: only for this page. */ } };
  const present = () => root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

  root.classList.replace("no-script", "script");
  if (stored() === "light" || stored() === "dark") root.dataset.theme = stored();

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    root.dataset.theme = present() === "dark" ? "light" : "dark";
    store(root.dataset.theme);
  });
})();
