// Clocks that tick by themselves: the bar's, and how long something has lasted.

const ZONE = "Asia/Ho_Chi_Minh";
const time = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
});
const exact = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

export function exactTime(now: Date): string {
  return exact.format(now);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Return 03:54, or 01:04:12 from an hour on (or always, where not short). */
export function elapsed(sinceMs: number, nowMs: number, isShort: boolean): string {
  const total = Math.max(0, Math.floor((nowMs - sinceMs) / 1000));
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return isShort && hours === 0 ? rest : `${two(hours)}:${rest}`;
}

const WARN_S = 30;

/** How a speech stands that should last so long: its time, in the last half minute what is left. */
export interface SpeechClock {
  text: string;
  state: "" | "soon" | "over";
}

/** Return the time spoken, "27 seconds left", or +0:12 once it has lasted longer. */
export function speechClock(
  sinceMs: number,
  nowMs: number,
  limitS: number,
  left: (seconds: number) => string,
): SpeechClock {
  const leftS = Math.ceil(limitS - (nowMs - sinceMs) / 1000);
  if (leftS > WARN_S) return { text: elapsed(sinceMs, nowMs, true), state: "" };
  if (leftS > 0) return { text: left(leftS), state: "soon" };
  return { text: `+${Math.floor(-leftS / 60)}:${two(-leftS % 60)}`, state: "over" };
}

function tickSpeech(element: HTMLElement, sinceMs: number, limitS: number, nowMs: number): void {
  const { leftOne = "", leftMany = "" } = element.dataset;
  const left = (n: number): string => (n === 1 ? leftOne : leftMany.replace("{n}", String(n)));
  const clock = speechClock(sinceMs, nowMs, limitS, left);
  set(element, clock.text);
  if (element.dataset.speech !== clock.state) element.dataset.speech = clock.state;
}

function set(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

function tick(): void {
  const now = new Date();
  for (const element of document.querySelectorAll("[data-clock]")) set(element, time.format(now));
  for (const element of document.querySelectorAll<HTMLElement>("[data-elapsed-since]")) {
    const since = Date.parse(element.dataset.elapsedSince ?? "");
    const isShort = element.hasAttribute("data-elapsed-short");
    if (Number.isNaN(since)) continue;
    const limitS = Number(element.dataset.limitS ?? 0);
    if (limitS > 0) tickSpeech(element, since, limitS, now.getTime());
    else set(element, elapsed(since, now.getTime(), isShort));
  }
}

export function startClocks(): void {
  tick();
  window.setInterval(tick, 1000);
}
