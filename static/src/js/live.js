// Live updates. The server sends {type, topic, ids}: what changed, never the values. Whoever shows the topic asks again,
// so that a page that missed events equals a reload. A job under way sends {ids: {step, percent, left}} besides.
import htmx from "htmx.org";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const BANNER_AFTER_MS = 2000;
const STEADY_AFTER_MS = 5000;
const TURNED_AWAY = 4403;
const ANSWERED_WITHIN_MS = 10_000; // by then an answer came, or what was to ask did not
const ASK_OF_WORK_MS = 15_000;

let typed = false; // what somebody wrote into a form is not thrown away

/** Somebody who is signed out here sees the sign-in page, not their clients; with words half written, the banner. */
async function leaveIfSignedOut() {
  const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.type === "opaqueredirect" && !typed) location.reload();
}

const topicsOf = (element) => element.dataset.liveTopic.split(/\s+/).filter(Boolean);
const listeners = () => [...document.querySelectorAll("[data-live-topic]")];

function shown() {
  return [...new Set(listeners().flatMap(topicsOf))].sort();
}

/** Mark what changed under the reader's eyes for a moment. */
function flash(element) {
  element.classList.remove("is-changed");
  requestAnimationFrame(() => element.classList.add("is-changed"));
  setTimeout(() => element.classList.remove("is-changed"), 2500);
}

const asking = new Map(); // elements that ask the server: since when, and whether something happened after that

/**
 * Ask for what an element shows. What happens while it asks is asked for once more: the answer that replaces it may
 * have been drawn before, and what htmx queues for it would go to the element that is no longer there.
 */
function refresh(element, { quietly = false } = {}) {
  const asked = asking.get(element);
  if (asked) {
    asked.again = true;
    // a slow answer is asked for once more when it is there; one that never ends must not keep the element from asking
    if (performance.now() - asked.at < ANSWERED_WITHIN_MS) return;
  }
  if (element.matches("[hx-get], [hx-post]")) {
    const asks = { at: performance.now(), again: false };
    asking.set(element, asks);
    const end = (event) => {
      const source = event.detail.ctx.sourceElement; // after a swap the one that came in its place
      if (source !== element && !(element.id && source?.id === element.id)) return;
      document.removeEventListener("htmx:finally:request", end);
      if (asking.get(element) === asks) asking.delete(element);
      const now = element.isConnected ? element : element.id && document.getElementById(element.id);
      if (asks.again && now) refresh(now);
    };
    document.addEventListener("htmx:finally:request", end);
  }
  if (quietly) {
    htmx.trigger(element, "live");
    return;
  }
  const mark = (event) => {
    if (event.detail.ctx.sourceElement !== element) return;
    document.removeEventListener("htmx:after:swap", mark);
    const target = event.detail.ctx.target;
    const now = target.isConnected ? target : target.id && document.getElementById(target.id);
    if (now) flash(now);
  };
  document.addEventListener("htmx:after:swap", mark);
  htmx.trigger(element, "live");
}

/** Work under way is asked for from time to time as well: its end must not hang on one message that was lost. */
function askOfWork() {
  if (document.hidden) return;
  listeners()
    .filter((element) => element.matches(".progress-panel") || element.querySelector(".progress-panel"))
    .forEach((element) => refresh(element, { quietly: true }));
}

/** Steps of a running job are shown at once; the end is asked for. Only text and numbers of the job itself travel here. */
function showProgress(element, { step, percent, left }) {
  const part = (name) => element.querySelector(`[data-progress-${name}]`);
  if (step !== undefined && part("step")) part("step").textContent = step;
  if (left !== undefined && part("left")) part("left").textContent = left;
  if (percent === undefined) return;
  const bar = element.querySelector("progress");
  if (bar) bar.value = percent;
  const text = part("percent");
  if (text) text.textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(percent / 100);
}

function receive(event) {
  const ids = new Set(Object.values(event.ids ?? {}).map(String));
  // a job's last event says how it ended: then everything on the topic asks again
  const ended = ["done", "failed", "cancelled"].includes(event.ids?.state);
  const progress = ended ? null : event.progress ?? (event.ids?.percent === undefined ? null : event.ids);
  for (const element of listeners()) {
    if (!topicsOf(element).includes(event.topic)) continue;
    const meant = !ids.size || !element.dataset.liveId || ids.has(element.dataset.liveId);
    if (progress) {
      if (meant && element.matches("[data-progress]")) showProgress(element, progress);
    } else if (ended || meant) refresh(element);
  }
  document.dispatchEvent(new CustomEvent("steward:live", { detail: event }));
}

class Connection {
  constructor(url, banner, since) {
    this.url = url;
    this.since = since;
    this.banner = banner;
    this.wait = FIRST_WAIT_MS;
    this.lost = false;
    this.timesTurnedAway = 0;
    this.watched = "";
  }

  open() {
    this.socket = new WebSocket(this.url);
    this.socket.addEventListener("open", () => this.opened());
    this.socket.addEventListener("message", (message) => this.heard(JSON.parse(message.data)));
    this.socket.addEventListener("close", (event) => this.closed(event.code));
  }

  opened() {
    clearTimeout(this.bannerTimer);
    this.steady = setTimeout(() => {
      this.wait = FIRST_WAIT_MS;
      this.timesTurnedAway = 0;
      this.pause(false);
    }, STEADY_AFTER_MS);
    if (!this.timesTurnedAway) this.pause(false);
    this.watched = "";
    this.watch();
    if (this.lost) listeners().forEach((element) => refresh(element)); // what happened meanwhile
    this.lost = false;
  }

  heard(event) {
    if (event.type === "paused" || event.type === "resumed") this.pause(event.type === "paused");
    else receive(event);
  }

  closed(code) {
    clearTimeout(this.steady);
    // once may be a session that was renewed: the next socket brings the new cookie
    if (code === TURNED_AWAY && ++this.timesTurnedAway === 2) leaveIfSignedOut();
    if (!this.lost) this.bannerTimer = setTimeout(() => this.pause(true), BANNER_AFTER_MS);
    this.lost = true;
    // Half of the wait is chance: a restarted server is not met by every page at once.
    setTimeout(() => this.open(), this.wait * (0.5 + Math.random() / 2));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  pause(paused) {
    if (this.banner) this.banner.hidden = !paused;
  }

  /** Tell the server which topics this page shows; it checks each against what the reader may see. */
  watch() {
    const topics = shown();
    const key = topics.join(" ");
    if (key === this.watched || this.socket.readyState !== WebSocket.OPEN) return;
    this.watched = key;
    // what happened after the page was drawn and before the server heard this is named by "missed"
    this.socket.send(JSON.stringify({ type: "watch", topics, ...(this.since ? { since: this.since } : {}) }));
  }
}

export function startLive() {
  const path = document.body.dataset.live;
  if (!path) return;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const since = Number(document.body.dataset.liveSince) || null;
  const connection = new Connection(`${scheme}//${location.host}${path}`, document.getElementById("live-banner"), since);
  document.addEventListener("input", (event) => (typed ||= Boolean(event.target.closest('form[method="post"]'))));
  connection.open();
  document.addEventListener("htmx:after:swap", () => connection.watch());
  setInterval(askOfWork, ASK_OF_WORK_MS);
}
