// Search over everything: Ctrl-K or "/". The field is a combobox, the results are its listbox (WAI-ARIA APG).
export function startPalette() {
  const palette = document.getElementById("palette");
  if (!palette) return;
  const field = palette.querySelector("input");
  const list = palette.querySelector(".results");
  const options = () => [...list.querySelectorAll("[role=option]")];

  function mark(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (option) {
      option.id ||= `hit-${options().indexOf(option)}`;
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  function move(step) {
    const all = options();
    if (!all.length) return;
    const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
    mark(all[(at + step + all.length) % all.length]);
  }

  function open() {
    if (!palette.open) palette.showModal();
    field.select();
  }

  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      const chosen = list.querySelector("[aria-selected=true]");
      if (chosen) {
        event.preventDefault();
        chosen.click();
      }
    } else if (event.key === "Escape") {
      event.preventDefault(); // the browser would only clear the field
      palette.close();
    }
  });
  list.addEventListener("click", (event) => {
    if (event.target.closest("[role=option]")) palette.close();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target !== list) return;
    const found = options();
    field.setAttribute("aria-expanded", String(found.length > 0));
    mark(found[0]);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-opens-palette]")) open();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const asked = (event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing);
    if (asked) {
      event.preventDefault();
      open();
    }
  });
}
