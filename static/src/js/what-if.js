// The what-if page: a moved lever asks the server. Questions are numbered; one that nobody waits for any more is dropped,
// and an answer is shown only if it is newer than what is shown. Nothing is guessed between answers.
const SPACING_MS = 60; // the least time between two questions while a hand moves
const REST_MS = 400; // all paths are asked when no lever has moved for this long
const RETRIES = 15; // a process that has not computed yet needs some seconds to load the engine
const RETRY_MS = 800;

function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

class WhatIf {
  constructor(root) {
    this.root = root;
    this.form = root.querySelector("[data-what-if-levers]");
    this.result = root.querySelector("[data-what-if-result]");
    this.status = root.querySelector("[data-what-if-status]");
    this.levers = [...root.querySelectorAll("[data-lever]")].map((row) => ({ row, number: row.querySelector('[type="number"]'), slider: row.querySelector('[type="range"]'), error: row.querySelector("[data-lever-error]") }));
    this.number = 0; // of the newest question
    this.shown = 0; // of the answer on the page
    this.spacing = SPACING_MS;
    this.sentAt = 0;
    this.levers.forEach((lever) => this.wire(lever));
    root.querySelector("[data-what-if-reset]").addEventListener("click", () => this.reset());
    root.querySelector("[data-what-if-reach]").addEventListener("click", (event) => this.reach(event.currentTarget));
    root.addEventListener("click", (event) => {
      const puts = event.target.closest("[data-what-if-puts]")?.dataset.whatIfPuts;
      if (puts) this.put(new URLSearchParams(puts));
    });
    this.send("warm");
  }

  wire({ number, slider }) {
    slider.addEventListener("input", () => {
      number.value = slider.value;
      this.moved();
    });
    // Enter is no wish to keep a scenario
    number.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    number.addEventListener("input", () => {
      if (number.value !== "") slider.value = number.value;
      this.moved();
    });
  }

  reset() {
    this.levers.forEach(({ row, number, slider }) => {
      number.value = row.dataset.now;
      slider.value = row.dataset.now;
    });
    this.moved();
  }

  put(values) {
    this.levers.forEach(({ row, number, slider }) => {
      if (!values.has(row.dataset.lever)) return;
      number.value = values.get(row.dataset.lever);
      slider.value = number.value;
    });
    this.root.querySelector("[data-what-if-reaches]").replaceChildren();
    this.moved();
  }

  /** A lever moved: ask soon, and for all paths when it rests. */
  moved() {
    this.result.setAttribute("aria-busy", "true");
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.send("whole"), REST_MS);
    if (this.waiting) return;
    this.waiting = setTimeout(() => {
      this.waiting = null;
      this.send("quick");
    }, Math.max(0, this.sentAt + this.spacing - performance.now()));
  }

  body(precision) {
    const body = new URLSearchParams({ page: this.root.dataset.page, precision });
    this.levers.forEach(({ row, number }) => {
      if (number.value !== row.dataset.now) body.set(row.dataset.lever, number.value);
    });
    return body;
  }

  async post(url, body, signal) {
    return fetch(url, { method: "POST", body, signal, headers: { "X-CSRFToken": csrfToken() }, credentials: "same-origin" });
  }

  async send(precision, tries = 0) {
    if (precision === "warm") {
      this.post(this.root.dataset.answerUrl, this.body(precision)).catch(() => {});
      return;
    }
    if (precision === "whole") clearTimeout(this.waiting), (this.waiting = null);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const number = ++this.number;
    const body = this.body(precision);
    body.set("number", String(number));
    this.sentAt = performance.now();
    try {
      const answer = await this.post(this.root.dataset.answerUrl, body, asking.signal);
      const text = await answer.text();
      // the next question waits as long as this answer took, so that answers arrive while the hand moves
      this.spacing = Math.min(1000, Math.max(SPACING_MS, 1.2 * (performance.now() - this.sentAt)));
      if (number <= this.shown || number < this.number) return;
      if (answer.ok && !answer.redirected) this.show(number, text, precision);
      else if (answer.status === 503 && tries < RETRIES) this.wait(() => number === this.number && this.send(precision, tries + 1));
      else if (answer.status !== 409) this.refuse(text);
    } catch (problem) {
      if (problem.name !== "AbortError") this.refuse("");
    }
  }

  /** The engine is at work: say so to everybody, and ask again. */
  wait(again) {
    this.status.textContent = this.status.dataset.asking;
    this.status.classList.remove("visually-hidden");
    setTimeout(again, RETRY_MS);
  }

  show(number, html, precision) {
    this.shown = number;
    const told = new DOMParser().parseFromString(html, "text/html");
    const chart = told.querySelector("[data-what-if-chart]");
    chart?.remove();
    this.result.replaceChildren(...told.body.childNodes);
    window.htmx?.process(this.result);
    if (chart) this.draw(chart.content);
    this.levers.forEach((lever) => this.blame(lever, ""));
    this.result.setAttribute("aria-busy", "false");
    this.result.dataset.number = String(number);
    if (precision === "whole") {
      // the address leads back to these levers
      const at = this.body(precision);
      ["page", "precision"].forEach((name) => at.delete(name));
      const opened = new URLSearchParams(location.search).get("scenario");
      if (opened) at.set("scenario", opened);
      history.replaceState(history.state, "", `${location.pathname}${String(at) && `?${at}`}`);
      this.status.textContent = `${this.status.dataset.answered} ${this.result.querySelector(".dial .reading")?.textContent ?? ""}`;
    }
  }

  draw(told) {
    const figure = document.getElementById("what-if-wealth");
    for (const part of [".finding", ".as-table"]) figure.querySelector(part).innerHTML = told.querySelector(part).innerHTML;
    figure.querySelector('[type="application/json"]').textContent = told.querySelector('[type="application/json"]').textContent;
    figure.querySelector(".canvas").setAttribute("aria-label", told.querySelector(".canvas").getAttribute("aria-label"));
    figure.querySelector("[data-chart-passport]").replaceWith(told.querySelector("[data-chart-passport]"));
    window.htmx?.process(figure.querySelector("[data-chart-passport]"));
    figure.dispatchEvent(new CustomEvent("steward:chart", { bubbles: true }));
  }

  /** A refusal stands at its lever; the answer that does not fit where the levers stand stays marked as such. */
  refuse(text) {
    let told = {};
    try {
      told = JSON.parse(text);
    } catch {
      told = { message: this.status.dataset.failed };
    }
    const at = this.levers.find(({ row }) => row.dataset.lever === told.field);
    this.levers.forEach((lever) => this.blame(lever, lever === at ? told.message : ""));
    this.status.textContent = told.message;
    this.status.classList.toggle("visually-hidden", Boolean(at));
  }

  blame({ number, error }, message) {
    error.textContent = message;
    if (message) number.setAttribute("aria-invalid", "true");
    else number.removeAttribute("aria-invalid");
    if (!message) this.status.classList.add("visually-hidden");
  }

  async reach(button) {
    const place = this.root.querySelector("[data-what-if-reaches]");
    button.disabled = true;
    this.status.textContent = this.status.dataset.asking;
    try {
      const answer = await this.post(this.root.dataset.reachUrl, this.body("whole"));
      if (!answer.ok) this.refuse(await answer.text());
      else {
        place.innerHTML = await answer.text();
        window.htmx?.process(place);
        this.status.textContent = "";
      }
    } catch {
      this.refuse("");
    } finally {
      button.disabled = false;
    }
  }
}

export function startWhatIf() {
  document.querySelectorAll("[data-what-if]").forEach((root) => new WhatIf(root));
}
