// The preview of a template: what stands in the form is printed into the frame, a moment after the last change.
(() => {
  "use strict";
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  let waiting = 0;

  // form.submit() tells no listener, so that the form does not count as sent.
  function show() {
    const { action, target } = form;
    const chosen = document.querySelector("[data-preview-data]:checked");
    form.action = `${form.dataset.preview}?data=${chosen ? chosen.value : "dummy"}`;
    form.target = form.dataset.previewFrame;
    form.submit();
    form.action = action;
    form.target = target;
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(show, 700);
  }

  form.addEventListener("input", later);
  for (const choice of document.querySelectorAll("[data-preview-data]")) choice.addEventListener("change", later);
})();
