// On every page of the centre.
import htmx from "htmx.org";
import { startClocks } from "./clock";
import { startControls } from "./controls";
import { startFind } from "./find";
import { startSearch } from "./search";
import { findRegions, refreshRegions } from "./regions";
import { leave } from "./session";
import { listen } from "./stream";

startClocks();
startControls();
startSearch();
for (const one of document.querySelectorAll<HTMLElement>("[data-find]")) startFind(one);
findRegions();

const events = document.body.dataset.events;
if (events) listen(events);
document.addEventListener("dc:refresh", refreshRegions);

// One's own action shows at once; everyone else's comes with the stream.
htmx.on("htmx:afterRequest", (event) => {
  const { detail } = event as CustomEvent<{
    successful: boolean;
    requestConfig: { verb: string; path: string };
    xhr: XMLHttpRequest;
  }>;
  if (detail.xhr.status === 401) leave();
  const form = event.target;
  if (detail.successful && form instanceof HTMLFormElement && form.matches("[data-resets]"))
    form.reset();
  if (detail.xhr.status < 300 && form instanceof HTMLFormElement && form.matches("[data-closes]")) {
    form.reset();
    form.closest("dialog")?.close();
  }
  // A dialog's button that sends a form elsewhere on the page: the answer stands in the form.
  for (const button of document.querySelectorAll("dialog[open] button[formaction]")) {
    if (button.getAttribute("formaction") === detail.requestConfig.path)
      button.closest("dialog")?.close();
  }
  if (detail.successful && detail.requestConfig.verb !== "get") refreshRegions();
});
