// The one script of a page. Charts have a file of their own, asked for when a page shows the first chart.
import Alpine from "@alpinejs/csp";
import "htmx.org";
import { startChartLoading } from "./chart-loading.js";
import { startCopying } from "./copying.js";
import { startDialogs } from "./dialogs.js";
import { startFileDrops } from "./file-drop.js";
import { startForms } from "./forms.js";
import { startKeyboard } from "./keyboard.js";
import { startLive } from "./live.js";
import { startMenus } from "./menus.js";
import { startPalette } from "./palette.js";
import { startRequests } from "./requests.js";
import { startToasts } from "./toasts.js";
import { tour } from "./tour.js";
import { startWhatIf } from "./what-if.js";

function start() {
  startToasts();
  startRequests();
  startDialogs();
  startForms();
  startMenus();
  startPalette();
  startKeyboard();
  startCopying();
  startFileDrops();
  startChartLoading();
  startLive();
  startWhatIf();
  Alpine.data("tour", tour);
  Alpine.start();
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
