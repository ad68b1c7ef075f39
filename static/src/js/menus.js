// <details class="menu">: closes on a click elsewhere and on Escape. Also the choice of theme.
export function startMenus() {
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
