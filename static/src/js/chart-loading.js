// ECharts is most of our weight: it is fetched when the first chart is near the screen.
let wanted = null;

function loadCharts() {
  const source = document.querySelector('meta[name="charts-script"]')?.content;
  if (wanted || !source) return;
  wanted = document.createElement("script");
  wanted.src = source;
  document.head.append(wanted);
}

export function startChartLoading() {
  const nearby = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) loadCharts();
    },
    { rootMargin: "400px" },
  );
  const watch = (root) => root.querySelectorAll?.("[data-chart]").forEach((chart) => nearby.observe(chart));
  watch(document);
  document.addEventListener("htmx:after:swap", () => watch(document));
}
