// The report of a site visit: every stroke is kept on the device, and what was sent without a network goes later.
(() => {
  "use strict";
  const form = document.querySelector("form[data-visit]");
  if (!form) return;
  const key = `visit:${form.dataset.visit}`;
  const state = document.querySelector("[data-offline-state]");
  const token = form.querySelector("[name=csrf_token]").value;
  const fields = [...form.elements].filter((one) => one.name && one.name !== "csrf_token");
  const read = () => JSON.parse(localStorage.getItem(key) || "{}");
  const write = (waiting) => {
    const values = Object.fromEntries(fields.map((one) => [one.name, one.value]));
    localStorage.setItem(key, JSON.stringify({ values, waiting }));
  };

  const kept = read();
  for (const field of fields) {
    if (kept.values && field.name in kept.values) field.value = kept.values[field.name];
  }
  form.addEventListener("input", () => {
    write(false);
    state.textContent = form.dataset.kept;
  });

  const send = async () => {
    const answer = await fetch(location.href, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: new FormData(form),
    });
    if (answer.ok && (answer.headers.get("Content-Type") || "").includes("json")) {
      localStorage.removeItem(key);
      location.reload();
      return;
    }
    // The server says what is wrong: let it show its page.
    localStorage.removeItem(key);
    form.submit();
  };
  const later = () => {
    write(true);
    state.textContent = form.dataset.kept;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send().catch(later);
  });
  window.addEventListener("online", () => {
    if (read().waiting) send().catch(later);
  });

  // Photos: an id is made once, so that one that is sent twice is kept once.
  const photos = document.getElementById("photos");
  const identity = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };
  const sendPhoto = async (file, id) => {
    const about = new FormData();
    about.append("id", id);
    about.append("photo", file);
    about.append("taken_at", new Date(file.lastModified).toISOString());
    const answer = await fetch(form.dataset.photos, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      body: about,
    });
    if (answer.status >= 500) throw new Error("no answer");
    const told = await answer.json();
    return answer.ok ? null : told.detail || told.title;
  };
  const unsent = new Map();
  const sendPhotos = async () => {
    for (const [id, file] of [...unsent]) {
      const fault = await sendPhoto(file, id);
      unsent.delete(id);
      state.textContent = fault || form.dataset.sent;
    }
  };
  photos.addEventListener("change", () => {
    for (const file of photos.files) unsent.set(identity(), file);
    photos.value = "";
    sendPhotos().catch(() => {
      state.textContent = form.dataset.kept;
    });
  });
  window.addEventListener("online", () => sendPhotos().catch(() => undefined));
})();
