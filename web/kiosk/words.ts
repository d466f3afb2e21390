// The words of the room's screen: one catalogue, agent/room/words.json, read by the server too.

import catalogue from "../../agent/room/words.json";

export type Word = keyof typeof catalogue;
export type Language = "vi" | "en";

let language: Language = "vi";

/** Returns a phrase in the screen's language; `{name}` is filled in. */
export function word(name: Word, values: Record<string, string> = {}): string {
  return catalogue[name][language].replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? "");
}

/** Uses a language, and writes what never changes: elements name their phrase. */
export function speak(chosen: Language): void {
  if (document.documentElement.lang === chosen && document.body.dataset.spoken === chosen) return;
  language = chosen;
  document.documentElement.lang = chosen;
  document.body.dataset.spoken = chosen;
  document.title = word("page_title");
  for (const element of document.querySelectorAll<HTMLElement | SVGElement>("[data-word]"))
    element.textContent = word(element.dataset.word as Word);
  for (const element of document.querySelectorAll<HTMLElement | SVGElement>("[data-label]"))
    element.setAttribute("aria-label", word(element.dataset.label as Word));
}
