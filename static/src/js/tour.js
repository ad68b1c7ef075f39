// The first-run tour: an Alpine component over the steps that the page carries as JSON.
export function tour() {
  return {
    steps: [],
    at: 0,
    open: false,

    init() {
      const all = JSON.parse(document.getElementById(this.$el.dataset.steps).textContent);
      this.steps = all.filter((step) => !step.target || document.querySelector(step.target));
      this.open = this.steps.length > 0;
      if (this.open) this.point();
    },
    get step() {
      return this.steps[this.at] ?? { title: "", text: "" };
    },
    get place() {
      return `${this.at + 1} / ${this.steps.length}`;
    },
    get isFirst() {
      return this.at === 0;
    },
    get isLast() {
      return this.at === this.steps.length - 1;
    },
    get isNotLast() {
      return !this.isLast;
    },
    point() {
      this.unpoint();
      const target = this.step.target && document.querySelector(this.step.target);
      if (!target) return;
      target.classList.add("tour-target");
      target.scrollIntoView({ block: "nearest" });
    },
    unpoint() {
      document.querySelectorAll(".tour-target").forEach((element) => element.classList.remove("tour-target"));
    },
    back() {
      this.at -= 1;
      this.point();
    },
    next() {
      this.at += 1;
      this.point();
    },
    /** Remembered by the server for this person, so that the tour comes once on any machine. */
    async finish() {
      this.open = false;
      this.unpoint();
      await fetch(this.$root.dataset.doneUrl, {
        method: "POST",
        headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
        body: new URLSearchParams({ tour: this.$root.dataset.tour }),
      });
    },
  };
}
