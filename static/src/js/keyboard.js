// Lists by keyboard: j and k move, Enter opens, x selects. A list is any table or <ul> with data-list.
function rowsOf(list) {
  return [...list.querySelectorAll("tbody > tr, :scope > li")].filter((row) => row.querySelector("a[href]"));
}

function currentList() {
  const focused = document.activeElement?.closest("[data-list]");
  return focused ?? document.querySelector("main [data-list]");
}

function move(step) {
  const list = currentList();
  if (!list) return false;
  const rows = rowsOf(list);
  const at = rows.findIndex((row) => row.classList.contains("is-at"));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  if (!next) return false;
  rows.forEach((row) => row.classList.toggle("is-at", row === next));
  next.querySelector("a[href]").focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function toggle() {
  const box = currentList()?.querySelector(".is-at input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    const done = { j: () => move(1), k: () => move(-1), x: toggle }[event.key]?.();
    if (done) event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-selects-all]");
    if (!all) return;
    all.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach((box) => {
      box.checked = all.checked;
    });
  });
}
