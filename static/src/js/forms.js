// Plain forms: ask before what cannot be taken back (data-confirm on the button), and send a form once.
import { ask } from "./dialogs.js";

const ONCE_MS = 4000; // a form that answers with a file leaves its page standing: it may be sent again after this

export function startForms() {
  const confirmed = new WeakSet();
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    if (submitter?.dataset.confirm && !confirmed.has(submitter)) {
      event.preventDefault();
      ask(submitter.dataset.confirm, submitter.dataset.confirmLabel).then((yes) => {
        if (!yes) return;
        confirmed.add(submitter);
        form.requestSubmit(submitter);
        confirmed.delete(submitter);
      });
      return;
    }
    // htmx sends its own forms and drops a second request of the same element by itself
    if (form.matches("[hx-post], [hx-get]")) return;
    sent.add(form);
    setTimeout(() => sent.delete(form), ONCE_MS);
  });
  // back from the history, the page is as it was left: it may be sent again
  window.addEventListener("pageshow", (event) => event.persisted && document.querySelectorAll("form").forEach((form) => sent.delete(form)));
}
