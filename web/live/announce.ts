// What changed, said to a screen reader: one sentence in five seconds at most.

const INTERVAL_MS = 5000;
let said = "";
let timer: number | null = null;

export function announce(part: Element): void {
  const text = [...part.querySelectorAll("[data-announce]")]
    .map((element) => element.textContent?.trim() ?? "")
    .join(". ");
  if (text === said || text === "") return;
  said = text;
  if (timer !== null) return;
  timer = window.setTimeout(() => {
    timer = null;
    const announcer = document.getElementById("announcer");
    if (announcer) announcer.textContent = said;
  }, INTERVAL_MS);
}
