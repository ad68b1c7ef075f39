import { toast } from "./toasts.js";
import { word } from "./words.js";

/** Hand the reader a file that the page itself made. */
export function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy || document.querySelector(button.dataset.copyFrom)?.textContent.trim() || "";
    try {
      await navigator.clipboard.writeText(text);
      toast(word("copied"), "success");
    } catch (refusal) {
      if (!(refusal instanceof DOMException)) throw refusal;
      toast(word("notCopied"), "warning"); // the browser refused: no permission, or no secure context
    }
  });
}
