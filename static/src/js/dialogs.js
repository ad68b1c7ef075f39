// Side panel, confirmation, drawer. <dialog> keeps the focus inside, closes on Escape and needs no inline style.
import { word } from "./words.js";

/** Ask before something that cannot be undone; resolves to true or false. */
export function ask(question, label = "") {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-question]").textContent = question;
  dialog.querySelector("[value=yes]").textContent = label || word("confirm");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

function startPanel() {
  const panel = document.getElementById("side-panel");
  if (!panel) return;
  const body = panel.querySelector(".side-panel-body");
  const title = panel.querySelector("h2");
  const waiting = document.getElementById("panel-loading");

  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail.ctx.target !== body) return;
    title.textContent = event.detail.ctx.sourceElement.dataset.panelTitle ?? "";
    if (waiting) body.replaceChildren(waiting.content.cloneNode(true));
    if (!panel.open) panel.showModal();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target !== body) return;
    const heading = body.querySelector("[data-panel-title]");
    if (heading) title.textContent = heading.dataset.panelTitle;
  });
  const fail = (event) => {
    if (event.detail.ctx?.target === body && event.detail.ctx.response?.status !== 422) panel.close();
  };
  document.addEventListener("htmx:response:error", fail);
  document.addEventListener("htmx:error", fail);
  panel.addEventListener("close", () => body.replaceChildren());
}

function startDrawer() {
  const rail = document.getElementById("rail");
  if (!rail) return;
  const narrow = window.matchMedia("(max-width: 999.98px)");
  let opener = null;
  const show = (open) => {
    rail.classList.toggle("is-open", open);
    document.querySelectorAll("[data-opens-rail]").forEach((b) => b.setAttribute("aria-expanded", String(open)));
    if (open) rail.querySelector("a, button")?.focus();
    else opener?.focus();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens-rail]");
    if (button) {
      opener = button;
      show(!rail.classList.contains("is-open"));
    } else if (rail.classList.contains("is-open") && !rail.contains(event.target)) show(false);
  });
  rail.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && narrow.matches) show(false);
  });
}

export function startDialogs() {
  startPanel();
  startDrawer();
  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("dialog");
    if (event.target.closest("[data-closes-dialog]")) dialog?.close();
    else if (event.target === dialog) dialog.close(); // the backdrop
    const opens = event.target.closest("[data-opens-dialog]");
    if (opens) document.getElementById(opens.dataset.opensDialog)?.showModal();
  });
}
