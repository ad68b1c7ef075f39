import { word } from "./words.js";

const STAYS_MS = 6000;
const ICONS = { success: "check", info: "info", warning: "warning", error: "error" };
const CLASSES = { success: "", info: "", warning: "is-warn", error: "is-bad" };

/** A modal dialog makes the rest of the page inert: messages then lie in the dialog, and go back when it closes. */
function shelf() {
  const toasts = document.getElementById("toasts");
  const host = document.querySelector("dialog:modal") ?? document.body;
  if (toasts && toasts.parentElement !== host) host.append(toasts);
  return toasts;
}

/** Errors and warnings stay until they are closed; the rest leaves by itself, but not under the pointer or the focus. */
function arm(note) {
  note.querySelector("button")?.addEventListener("click", () => note.remove());
  if (note.classList.contains("is-bad") || note.classList.contains("is-warn")) return;
  let timer = setTimeout(() => note.remove(), STAYS_MS);
  const hold = () => clearTimeout(timer);
  const release = () => {
    clearTimeout(timer);
    timer = setTimeout(() => note.remove(), STAYS_MS);
  };
  note.addEventListener("pointerenter", hold);
  note.addEventListener("pointerleave", release);
  note.addEventListener("focusin", hold);
  note.addEventListener("focusout", release);
}

/** Show one message. `level` is success, info, warning or error. */
export function toast(text, level = "info") {
  const template = document.getElementById("toast-template");
  const place = shelf();
  if (!text || !template || !place) return;
  const note = template.content.firstElementChild.cloneNode(true);
  if (CLASSES[level]) note.classList.add(CLASSES[level]);
  note.querySelector(".text").textContent = text;
  const use = note.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[level] ?? "info"}`));
  place.append(note);
  arm(note);
}

export function startToasts() {
  shelf()?.querySelectorAll(".toast-note").forEach(arm);
  // A view answers `HX-Trigger: {"toast": {"text": "…", "level": "success"}}`.
  document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.level));
  document.addEventListener("close", shelf, true); // a dialog closed; close does not bubble
  window.addEventListener("offline", () => toast(word("offline"), "warning"));
}
