// The list under an occupation field, a combobox of the ARIA patterns: typed, moved through by arrows, chosen by Enter.
// Without this script the code is typed by hand.
for (const input of document.querySelectorAll("[data-occupations]")) {
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "picker-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  list.hidden = true;
  input.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-controls": list.id, "aria-autocomplete": "list", "aria-expanded": "false",
  })) input.setAttribute(name, value);
  let asked = "", marked = -1;

  const close = () => {
    list.hidden = true;
    marked = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    marked = (place + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === marked)));
    input.setAttribute("aria-activedescendant", options[marked].id);
    options[marked].scrollIntoView({ block: "nearest" });
  };
  const choose = (option) => {
    input.value = option.dataset.value;
    close();
  };
  const show = (found) => {
    list.replaceChildren(...found.map((item, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.value = `${item.code} ${item.name}`;
      option.textContent = option.dataset.value;
      return option;
    }));
    if (!found.length) {
      const none = document.createElement("li");
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.className = "picker-none";
      none.textContent = input.dataset.none;
      list.append(none);
    }
    marked = -1;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };

  input.addEventListener("input", async () => {
    const typed = input.value.trim();
    asked = typed;
    if (!typed) return close();
    const answer = await fetch(`${input.dataset.occupations}&q=${encodeURIComponent(typed)}`);
    if (answer.ok && asked === typed) show(await answer.json());
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(marked + 1);
    else if (event.key === "ArrowUp") mark(marked < 0 ? -1 : marked - 1);
    else if (event.key === "Enter" && marked >= 0) choose(list.children[marked]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[data-value]");
    if (option) choose(option);
  });
  input.addEventListener("blur", close);
}
