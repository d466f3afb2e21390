// Parts of a page that follow the centre: <div data-live="URL of the part"
// data-live-on="kinds" data-live-calm="kinds" data-live-slow="kinds" data-live-point data-live-meeting data-live-in="s">.
import htmx from "htmx.org";
import { announce } from "./announce";
import { morph } from "./morph";
import { leave } from "./session";
import { counted } from "./words";

const SOON_MS = 150;
const CALM_MS = 1000;
const SLOW_MS = 5000;

/** What an event is about, as far as the centre says. */
export interface Subject {
  readonly kind?: string;
  readonly point_id?: string;
  readonly meeting_id?: string;
}

class Region {
  private timer: number | null = null;
  private dueAt = Infinity;
  private isFetching = false;
  private isStale = false;

  constructor(private readonly element: HTMLElement) {
    element.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-resort]")) {
        void this.refresh(true);
      }
    });
    this.planNext();
  }

  private get resortButton(): HTMLButtonElement | null {
    return this.element.querySelector<HTMLButtonElement>("[data-resort]");
  }

  /** Refresh in time for this kind of event, if it concerns this part. */
  heard(kind: string, subject: Subject): void {
    const {
      livePoint,
      liveMeeting,
      liveOn = "",
      liveCalm = "",
      liveSlow = "",
    } = this.element.dataset;
    if (livePoint && subject.point_id && subject.point_id !== livePoint) return;
    if (liveMeeting && subject.meeting_id && subject.meeting_id !== liveMeeting) return;
    if (kind === "reload" || liveOn.split(" ").includes(kind)) this.plan(SOON_MS);
    else if (liveCalm.split(" ").includes(kind)) this.plan(CALM_MS);
    else if (liveSlow.split(" ").includes(kind)) this.plan(SLOW_MS);
  }

  plan(delayMs: number): void {
    const at = performance.now() + delayMs;
    if (at >= this.dueAt) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = window.setTimeout(() => void this.refresh(), delayMs);
  }

  /** Some parts say themselves after how many seconds there will be something new. */
  private planNext(): void {
    const { liveIn } = this.element.dataset;
    if (liveIn) this.plan(Number(liveIn) * 1000);
  }

  async refresh(isForced = false): Promise<void> {
    this.timer = null;
    this.dueAt = Infinity;
    if (this.isFetching) {
      this.isStale = true;
      return;
    }
    this.isFetching = true;
    this.planNext();
    try {
      const response = await fetch(this.element.dataset.live ?? "", { cache: "no-store" });
      if (response.redirected || response.status === 401) leave();
      else if (response.ok) this.take(await response.text(), isForced);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // No contact: the stream says so on the bar, and the next event tries again.
    } finally {
      this.isFetching = false;
      if (this.isStale) {
        this.isStale = false;
        this.plan(SOON_MS);
      }
    }
  }

  private take(html: string, isForced: boolean): void {
    const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (fresh === null) return;
    const button = this.resortButton;
    const { heldChanges } = morph(this.element, fresh, (list) => !isForced && isInUse(list));
    findRegions();
    htmx.process(this.element);
    announce(this.element);
    this.planNext();
    if (button === null) return;
    button.hidden = heldChanges === 0;
    button.textContent = counted(button.dataset.one ?? "", button.dataset.many ?? "", heldChanges);
  }
}

function isInUse(list: Element): boolean {
  return list.matches(":hover") || list.contains(document.activeElement);
}

const regions = new Map<Element, Region>();

/** Take note of the parts that there are; one may come with another's refreshing, or go. */
export function findRegions(): void {
  for (const element of regions.keys()) {
    if (!element.isConnected) regions.delete(element);
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-live]:not(#live-state)")) {
    if (!regions.has(element)) regions.set(element, new Region(element));
  }
}

export function tellRegions(kind: string, subject: Subject): void {
  for (const region of regions.values()) region.heard(kind, subject);
}

/** Refresh everything, e.g. after an action of one's own. */
export function refreshRegions(): void {
  for (const region of regions.values()) region.plan(0);
}
