// A form that a passkey answers: the browser asks the device, which asks its owner, and the answer is sent with the form.
(() => {
  "use strict";
  const reading = { create: "parseCreationOptionsFromJSON", get: "parseRequestOptionsFromJSON" };

  // A passkey belongs to one name of the site; under another, or a bare address, no device uses it.
  const isHere = ({ rpId, rp }) => `.${location.hostname}`.endsWith(`.${rpId ?? rp.id}`);
  const isKnown = (act) => Boolean(window.PublicKeyCredential?.[reading[act]]);

  const ask = async (act, options) => {
    const publicKey = PublicKeyCredential[reading[act]](options);
    const answer = await navigator.credentials[act]({ publicKey });
    return JSON.stringify(answer.toJSON());
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const { passkey: act } = form.dataset;
    const options = JSON.parse(form.dataset.options);
    if (!isKnown(act) || !isHere(options)) continue;
    const { credential } = form.elements;
    const button = form.querySelector("button");
    const refused = form.querySelector("[data-refused]");
    const without = form.nextElementSibling;
    form.hidden = false;
    if (without && "withoutPasskey" in without.dataset) without.hidden = true;

    form.addEventListener("submit", async (event) => {
      if (credential.value) return;
      // Nothing is sent yet: the script that lets a form go only once must not see it.
      event.preventDefault();
      event.stopPropagation();
      refused.hidden = true;
      button.disabled = true;
      try {
        credential.value = await ask(act, options);
      } catch {
        refused.hidden = false;
      }
      button.disabled = false;
      if (credential.value) form.requestSubmit();
      else button.focus();
    });
  }
})();
