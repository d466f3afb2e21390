// The wall turns its pages by itself, every so many seconds: it never scrolls. Which page is
// shown is the script's: what the centre sends leaves it where it is.
import "../live/link";

/** Return which of so many pages follows one; it begins anew where there are fewer by now. */
export function following(shown: number, count: number): number {
  return shown + 1 < count ? shown + 1 : 0;
}

export function turn(pages: Element): void {
  const all = [...pages.children];
  const shown = all.findIndex((page) => page.hasAttribute("data-turned"));
  all[shown]?.removeAttribute("data-turned");
  all[following(Math.max(shown, 0), all.length)]?.setAttribute("data-turned", "");
}

const every = Number(document.getElementById("wall")?.dataset.turns);
if (every > 0) {
  window.setInterval(() => {
    for (const pages of document.querySelectorAll("[data-pages]")) turn(pages);
  }, every * 1000);
}
