// <details class="menu">: closes on a click elsewhere and on Escape. Also rows of pages and the choice of theme.
export function startMenus() {
  // a row of pages that is wider than the screen begins at the page that is open
  document.querySelectorAll(".tabs, .subnav").forEach((row) => {
    const open = row.querySelector("[aria-current]");
    if (open) row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    const theme = event.target.closest("[data-theme-choice]")?.dataset.themeChoice;
    if (theme) window.stewardTheme.choose(theme);
    if (event.target.closest("[data-reloads]")) location.reload();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
