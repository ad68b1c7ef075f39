// What tests/eyes.py brings into every page before it loads: `eyes.unfold()`, `eyes.cut()`.
(() => {
  const FRAMES = ["auto", "scroll"];

  /** Words that a chart draws past the edge of its canvas, by what was drawn last. */
  const drawn = new WeakMap();
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (x, y, wide, high) {
    // a whole new picture: what an older one drew elsewhere, at another width say, is gone
    if (x <= 0 && y <= 0 && wide >= this.canvas.width && high >= this.canvas.height) drawn.delete(this.canvas);
    return clear.call(this, x, y, wide, high);
  };
  const draw = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, ...more) {
    const { a: scale, b: turned, e: shift } = this.getTransform();
    const wide = this.measureText(text).width;
    const before = { center: wide / 2, right: wide, end: wide }[this.textAlign] ?? 0;
    const left = scale * (x - before) + shift;
    const by = Math.ceil(Math.max(-left, left + scale * wide - this.canvas.width) / scale);
    const words = drawn.get(this.canvas) ?? new Map();
    drawn.set(this.canvas, words.set(text, turned ? 0 : by));
    return draw.call(this, text, x, ...more);
  };

  function cutInCharts() {
    return [...document.querySelectorAll("main canvas")].flatMap((canvas) =>
      [...(drawn.get(canvas) ?? [])].filter(([, by]) => by > 2).map(([text, by]) => `${by} px of “${text}” by a chart`));
  }

  /** The words and controls of the page, each with its place. */
  function boxes() {
    const found = [];
    const words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (words.nextNode()) {
      const range = document.createRange();
      range.selectNodeContents(words.currentNode);
      if (words.currentNode.data.trim()) found.push([words.currentNode.parentElement, range.getBoundingClientRect()]);
    }
    for (const one of document.querySelectorAll("main :is(button, input, select, textarea, canvas, .btn)"))
      found.push([one, one.getBoundingClientRect()]);
    return found.filter(([one, box]) => box.width > 1 && one.checkVisibility({ visibilityProperty: true }));
  }

  /** How far a frame that clips cuts into the box, and which; nothing where it can be scrolled to, or is for ears. */
  function cutOf(element, box) {
    for (let frame = element; frame; frame = frame.parentElement) {
      const style = getComputedStyle(frame);
      const forEars = style.clipPath !== "none" || frame.classList.contains("visually-hidden");
      if (forEars || FRAMES.includes(style.overflowX)) return null;
      if (style.overflowX === "visible" || style.textOverflow === "ellipsis") continue;
      const edge = frame.getBoundingClientRect();
      const by = Math.ceil(Math.max(box.right - edge.right, edge.left - box.left, box.bottom - edge.bottom));
      if (by > 2) return `${by} px of “${(element.textContent || element.name || "").trim().slice(0, 60)}” by .${frame.className}`;
    }
    return null;
  }

  function cut() {
    return [...new Set([...boxes().map(([one, box]) => cutOf(one, box)).filter(Boolean), ...cutInCharts()])];
  }

  /** Open details, the tables of charts, and of the menus the last, which has the least room. */
  function unfold() {
    const menus = [...document.querySelectorAll("main details.menu:not([open])")];
    const folded = [...document.querySelectorAll("main details:not([open], .menu)"), ...menus.slice(-1)];
    folded.forEach((one) => { one.open = true; });
    const tables = document.querySelectorAll('main [data-chart-table][aria-pressed="false"]');
    tables.forEach((one) => one.click());
    return folded.length + tables.length > 0;
  }

  window.eyes = { cut, unfold };
})();
