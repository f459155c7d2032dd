// htmx: sends the form token with every request, and says so when the server does not answer.
(() => {
  "use strict";
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  document.addEventListener("htmx:configRequest", (event) => {
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:sendError", () => {
    document.documentElement.classList.add("away");
  });
  document.addEventListener("htmx:afterOnLoad", () => {
    document.documentElement.classList.remove("away");
  });
})();
