// Runs before the first paint, in the head and not deferred: the page never flashes in the other theme.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  /** The reader's choice ("light", "dark") or "auto"; a cookie, so that the server may know it too. */
  function choice() {
    const found = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/);
    return found ? found[1] : "auto";
  }

  function apply() {
    const wanted = choice();
    const theme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    const changed = root.dataset.bsTheme !== theme;
    root.dataset.bsTheme = theme;
    root.dataset.themeChoice = wanted;
    if (changed) document.dispatchEvent(new CustomEvent("steward:theme", { detail: { theme } }));
  }

  function choose(wanted) {
    const age = wanted === "auto" ? 0 : 60 * 60 * 24 * 365;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${wanted}; path=/; max-age=${age}; samesite=lax${secure}`;
    apply();
  }

  window.stewardTheme = { choice, choose };
  dark.addEventListener("change", apply);
  apply();
})();
