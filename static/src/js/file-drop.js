// A drop zone is a plain file field that also takes a dropped file: without this script it still works.
function describe(zone, files) {
  const size = (bytes) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 }).format(Math.max(1, bytes / 1000));
  zone.querySelector(".chosen").textContent = [...files].map((file) => `${file.name} (${size(file.size)})`).join(", ");
}

export function startFileDrops() {
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest?.("[data-file-drop]");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragover");
      if (kind !== "drop") return;
      const field = zone.querySelector("input[type=file]");
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  document.addEventListener("change", (event) => {
    const zone = event.target.closest("[data-file-drop]");
    if (zone && event.target.type === "file") describe(zone, event.target.files);
  });
}
