// A file in parts: each is sent until it has arrived, so that a poor network costs one part and not the whole file.
// Without this script the form sends the file in one piece.
(() => {
  "use strict";
  const PATIENCE = [1000, 2000, 4000, 8000, 15000];
  const form = document.querySelector("form[data-parts]");
  if (!form) return;
  const bar = form.querySelector("progress");
  const refused = form.querySelector("[data-refused]");
  const token = form.querySelector("[name=csrf_token]").value;
  const headers = { "X-CSRFToken": token, Accept: "application/json" };

  const refuse = (text) => {
    refused.textContent = text;
    refused.hidden = false;
    bar.hidden = true;
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  };

  const asked = async (url, body) => {
    const answer = await fetch(url, { method: "POST", headers, body });
    const type = answer.headers.get("Content-Type") || "";
    const told = type.includes("json") ? await answer.json() : null;
    if (answer.status >= 500 || told === null) throw new Error("no answer");
    return { ok: answer.ok, told };
  };

  // Ask again a few times, each later than the one before; null when the network stays away.
  const patient = async (act) => {
    for (const wait of [0, ...PATIENCE]) {
      await new Promise((resolve) => setTimeout(resolve, wait));
      try {
        return await act();
      } catch {
        continue;
      }
    }
    return null;
  };

  const send = async (file) => {
    const about = new FormData();
    about.append("kind", form.elements.kind.value);
    about.append("name", file.name);
    about.append("size", String(file.size));
    const begun = await patient(() => asked(form.dataset.parts, about));
    if (begun === null) return refuse(form.dataset.broken);
    if (!begun.ok) return refuse(begun.told.detail || begun.told.title);
    const size = Number(form.dataset.partSize);
    let { received } = begun.told;
    while (received < file.size) {
      bar.value = (received * 100) / file.size;
      const url = `/apply/uploads/${begun.told.id}?offset=${received}`;
      const part = await patient(() => asked(url, file.slice(received, received + size)));
      if (part === null) return refuse(form.dataset.broken);
      if (!part.ok) return refuse(part.told.refused || part.told.detail || part.told.title);
      received = part.told.done ? file.size : part.told.received;
    }
    location.reload();
    return undefined;
  };

  form.addEventListener("submit", (event) => {
    const [file] = form.elements.file.files;
    if (!file || file.size <= Number(form.dataset.partSize)) return;
    event.preventDefault();
    refused.hidden = true;
    bar.hidden = false;
    send(file);
  });
})();
