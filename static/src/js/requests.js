// htmx: our header against forged requests, our dialog for confirmations, our words for failures.
import { ask } from "./dialogs.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** The sentence of an error page, when the server sent one of ours (templates/_errors/page.html marks it). */
function sentenceOf(html) {
  if (!html) return "";
  const page = new DOMParser().parseFromString(html, "text/html");
  const parts = [...page.querySelectorAll("[data-error-message]")].map((part) => part.textContent.trim().replace(/\s+/g, " "));
  return parts.filter(Boolean).map((part) => (/[.?]$/.test(part) ? part : `${part}.`)).join(" ");
}

export function startRequests() {
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (!SAFE.has(request.method.toUpperCase())) request.headers["X-CSRFToken"] = csrfToken();
  });

  document.addEventListener("htmx:confirm", (event) => {
    const { ctx, issueRequest, dropRequest } = event.detail;
    if (!ctx.confirm) return;
    event.preventDefault();
    ask(ctx.confirm, ctx.sourceElement.dataset.confirmLabel).then((yes) => (yes ? issueRequest() : dropRequest()));
  });

  // 422 carries the form with its errors and is swapped in; every other refusal is said in a toast.
  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status === 422) return;
    toast(sentenceOf(ctx.text) || word("failed", { status: ctx.response.status }), "error");
  });
  document.addEventListener("htmx:error", (event) => {
    const { ctx, error } = event.detail;
    if (!ctx) throw error;
    toast(navigator.onLine ? word("unreachable") : word("offline"), "error");
  });
}
