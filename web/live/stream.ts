// What the centre's events do on the page, and the bar that says when they are cut off.
import { exactTime } from "./clock";
import { type Subject, refreshRegions, tellRegions } from "./regions";
import { leave } from "./session";
import { SharedStream } from "./shared";
import { filled } from "./words";

/** The stream's events; "point" says in its data which kind of change it is. */
const EVENTS = [
  "point",
  "meeting",
  "floor",
  "attendance",
  "relay",
  "recording",
  "lines",
  "minutes",
  "heard",
  "guest",
  "roll_call",
  "rehearsal",
  "record",
  "mail",
  "incident",
  "centre",
  "reload",
] as const;

/** After this long without a word from the centre the page says that it is old. */
const PATIENCE_MS = 4000;

function subjectOf(data: string): Subject {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? (value as Subject) : {};
  } catch {
    return {};
  }
}

class Contact {
  private lostAt: Date | null = null;
  private timer: number | null = null;

  made(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const wasLost = this.lostAt !== null;
    this.lostAt = null;
    this.show();
    this.tell(true);
    if (wasLost) refreshRegions();
  }

  lost(): void {
    this.lostAt ??= new Date();
    this.timer ??= window.setTimeout(() => this.show(), PATIENCE_MS);
    this.tell(false);
  }

  private tell(isMade: boolean): void {
    document.dispatchEvent(new CustomEvent("dc:contact", { detail: { isMade } }));
  }

  private show(): void {
    const bar = document.getElementById("offline-bar");
    const text = bar?.querySelector<HTMLElement>("[data-text]");
    document.body.classList.toggle("is-offline", this.lostAt !== null);
    if (bar && text) {
      bar.hidden = this.lostAt === null;
      const at = this.lostAt === null ? "" : exactTime(this.lostAt);
      text.textContent = filled(text.dataset.text ?? "", { time: at });
    }
    this.showState();
  }

  private showState(): void {
    const state = document.getElementById("live-state");
    const word = state?.querySelector("[data-word]");
    const use = state?.querySelector("use");
    if (!state || !word || !use) return;
    const isLive = this.lostAt === null;
    word.textContent = (isLive ? state.dataset.live : state.dataset.lost) ?? "";
    use.setAttribute("href", `${state.dataset.icons ?? ""}#${isLive ? "up" : "degraded"}`);
    use.parentElement?.setAttribute("class", `icon ${isLive ? "state-up" : "state-degraded"}`);
  }
}

export function listen(url: string): void {
  const contact = new Contact();
  const stream = new SharedStream(url, EVENTS, {
    made: () => contact.made(),
    lost: () => contact.lost(),
    ended: leave,
    event(name, data) {
      const subject = subjectOf(data);
      const kind = subject.kind ?? name;
      tellRegions(kind, subject);
      document.dispatchEvent(new CustomEvent("dc:event", { detail: { kind, subject } }));
    },
  });
  stream.begin();
}
