// Fills the list of an occupation field while it is typed; without this script the code is typed by hand.
for (const input of document.querySelectorAll("[data-occupations]")) {
  const list = document.getElementById(input.getAttribute("list"));
  let asked = "";
  input.addEventListener("input", async () => {
    const typed = input.value.trim();
    asked = typed;
    if (!typed) return;
    const answer = await fetch(`${input.dataset.occupations}&q=${encodeURIComponent(typed)}`);
    if (!answer.ok || asked !== typed) return;
    const found = await answer.json();
    list.replaceChildren(...found.map((item) => {
      const option = document.createElement("option");
      option.value = `${item.code} ${item.name}`;
      // The label holds what was typed, for a browser lists only what matches it.
      option.label = `${item.name} ${typed}`;
      return option;
    }));
  });
}
