// <dc-steering>: keeps a token that moves the floor at the relay, and takes over while the centre
// does not answer: it says so, draws the floor from the relay, and sends the console's moves there.
import { exactTime } from "../live/clock";
import { filled } from "../live/words";
import { Refused, asked } from "../webrtc/session";
import { type Floor, holdersOf, moveOf } from "./floor";
import { type Words, isSteerable, nameOf, paint, release } from "./painted";
import { type Ticket, fetchTicket } from "./ticket";

/** So long the live channel may be silent before the centre is asked whether it is there. */
const PATIENCE_MS = 2000;
/** So long the centre may take with an answer while it is looked for, or with a move. */
const ANSWER_MS = 2000;
const LOOK_MS = 1000;
const RENEW_MS = 4 * 60_000;
const RETRY_MS = 15_000;
/** So long the centre is waited for to take over what was moved; it is asked all the same then. */
const ADOPT_MS = 30_000;

type State = "here" | "away" | "alone" | "unable" | "returning";

interface Shown {
  readonly floor: Floor;
}

interface Sent {
  readonly requestConfig: {
    readonly path: string;
    readonly verb: string;
    readonly parameters: Iterable<readonly [string, unknown]>;
  };
  readonly xhr: XMLHttpRequest;
}

export class FloorSteering extends HTMLElement {
  private state: State = "here";
  private words: Words = {};
  private ticket: Ticket | null = null;
  private floor: Floor | null = null;
  private given = new Set<string>();
  private lostAt: Date | null = null;
  private answeredAt = 0;
  private patience = 0;
  private looking = 0;
  private renewing = 0;
  private question: Promise<void> | null = null;
  private moves: Promise<void> = Promise.resolve();
  private readonly drawn = new MutationObserver(() => this.draw());
  private readonly listening = new AbortController();

  connectedCallback(): void {
    this.words = JSON.parse(this.dataset.words ?? "{}") as Words;
    const { signal } = this.listening;
    document.addEventListener("dc:contact", (event) => this.heard(event as CustomEvent), {
      signal,
    });
    document.addEventListener("htmx:beforeSend", (event) => limit(event as CustomEvent<Sent>), {
      signal,
    });
    for (const name of ["htmx:sendError", "htmx:timeout"])
      document.addEventListener(name, (event) => this.unsent(event as CustomEvent<Sent>), {
        signal,
      });
    document.addEventListener("submit", (event) => this.submitted(event), {
      capture: true,
      signal,
    });
    document.addEventListener("click", (event) => holdBack(event), { capture: true, signal });
    window.addEventListener("beforeunload", (event) => this.left(event), { signal });
    void this.renew();
  }

  disconnectedCallback(): void {
    this.listening.abort();
    clearTimeout(this.patience);
    clearTimeout(this.looking);
    clearTimeout(this.renewing);
    this.drawn.disconnect();
  }

  private get root(): HTMLElement {
    return document.getElementById("meeting") ?? document.body;
  }

  private get meeting(): string {
    return this.getAttribute("meeting") ?? "";
  }

  /** Has a token at hand at all times: nobody gives one once the centre is away. */
  private async renew(): Promise<void> {
    clearTimeout(this.renewing);
    let delay = RENEW_MS;
    try {
      this.ticket = await fetchTicket(this.getAttribute("token-url") ?? "", "steer");
      this.dataset.ready = "";
    } catch {
      delay = RETRY_MS;
    }
    this.renewing = window.setTimeout(() => void this.renew(), delay);
  }

  private heard(event: CustomEvent<{ isMade: boolean }>): void {
    // Each vain attempt of the stream is told: they do not start the time anew.
    if (!event.detail.isMade) {
      this.patience ||= window.setTimeout(() => void this.impatient(), PATIENCE_MS);
      return;
    }
    clearTimeout(this.patience);
    this.patience = 0;
    this.look(0);
  }

  /** Nobody gives this page again while the centre is away: the browser asks before it is left. */
  private left(event: Event): void {
    if (this.state !== "here" && this.state !== "returning") event.preventDefault();
  }

  private async impatient(): Promise<void> {
    this.patience = 0;
    await this.ask();
  }

  /** A press that the centre did not take: it goes to the relay, if the centre is away indeed. */
  private async unsent({ detail }: CustomEvent<Sent>): Promise<void> {
    const { path, verb, parameters } = detail.requestConfig;
    await this.ask();
    if (this.state === "here" || verb !== "post" || !path.endsWith("/floor")) return;
    const fields = new Map([...parameters].map(([name, value]) => [name, String(value)]));
    this.send(fields);
  }

  private submitted(event: Event): void {
    const form = event.target;
    if (this.state === "here" || !(form instanceof HTMLFormElement)) return;
    if (form.method !== "post") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!isSteerable(form)) return;
    this.send(new Map([...new FormData(form)].map(([name, value]) => [name, String(value)])));
  }

  /** Moves go one after another, each on the floor that the one before has left. */
  private send(fields: ReadonlyMap<string, string>): void {
    this.moves = this.moves.then(() => this.move(fields));
  }

  private async move(fields: ReadonlyMap<string, string>): Promise<void> {
    const epoch = this.floor?.epoch ?? Number(this.root.dataset.floorEpoch ?? "0");
    const name = nameOf(this.root, fields.get("point_id") ?? "");
    const body = moveOf(fields, epoch, name);
    if (body === null) return;
    this.problem("");
    try {
      await this.asking({ method: "POST", body: JSON.stringify(body) });
    } catch (error) {
      if (!(error instanceof Refused)) return this.became("alone");
      this.problem(error.message);
      await this.fetchFloor();
    }
  }

  /** Ask the relay, and show the floor that it answers with. */
  private async asking(init: RequestInit): Promise<void> {
    const { ticket } = this;
    if (ticket === null) return this.became("unable");
    const response = await asked(`${ticket.relay_url}/floor/${encodeURIComponent(this.meeting)}`, {
      ...init,
      headers: { Authorization: `Bearer ${ticket.token}`, "Content-Type": "application/json" },
    });
    const { floor } = (await response.json()) as Shown;
    for (const who of holdersOf(floor))
      if (!holdersOf(this.floor ?? { epoch: 0 }).includes(who)) this.given.add(who);
    const isNew = floor.epoch !== this.floor?.epoch;
    this.floor = floor;
    if (this.state === "alone" || this.state === "unable") this.became("away");
    // Looked at each second: what is as it was is drawn already.
    if (isNew) this.draw();
  }

  private async fetchFloor(): Promise<void> {
    try {
      await this.asking({ method: "GET" });
    } catch (error) {
      if (error instanceof Refused) this.problem(error.message);
      this.became("alone");
    }
  }

  private look(delayMs: number): void {
    clearTimeout(this.looking);
    if (this.state === "here") return;
    this.looking = window.setTimeout(() => void this.ask(), delayMs);
  }

  /** Ask the centre whether it is there and has the floor; while it is not, ask the relay. */
  private ask(): Promise<void> {
    this.question ??= this.answered();
    return this.question;
  }

  private async answered(): Promise<void> {
    try {
      const theirs = await this.centresFloor();
      if (theirs === null) {
        this.answeredAt = 0;
        if (this.state === "here" || this.state === "returning") this.became("away");
        await this.fetchFloor();
      } else if (this.state !== "here") {
        await this.returned(theirs);
      }
    } finally {
      this.question = null;
      this.look(LOOK_MS);
    }
  }

  private async returned(theirs: Floor): Promise<void> {
    if (this.answeredAt === 0) this.answeredAt = performance.now();
    const waited = performance.now() - this.answeredAt;
    if (theirs.epoch >= (this.floor?.epoch ?? 0) || waited > ADOPT_MS) return this.became("here");
    if (this.state !== "returning") this.became("returning");
    await this.fetchFloor();
  }

  /** The floor as the centre has it; null: it does not answer. */
  private async centresFloor(): Promise<Floor | null> {
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(this.getAttribute("floor-url") ?? "", {
        cache: "no-store",
        signal,
      });
      if (response.status >= 500) return null;
      // Signed out, or no such meeting: that is the page's own to say.
      if (!response.ok) return { epoch: Number.POSITIVE_INFINITY };
      return (await response.json()) as Floor;
    } catch {
      return null;
    }
  }

  private became(state: State): void {
    const was = this.state;
    if (state === was) return;
    this.state = state;
    document.body.classList.toggle("is-steering", state !== "here");
    if (state === "here") {
      this.drawn.disconnect();
      release();
      this.floor = null;
      this.given.clear();
      this.problem("");
      document.dispatchEvent(new CustomEvent("dc:refresh"));
      void this.renew();
    } else if (was === "here") {
      this.lostAt = new Date();
    }
    this.say();
    this.draw();
  }

  private say(): void {
    const time = this.lostAt === null ? "" : exactTime(this.lostAt);
    this.dataset.state = this.state;
    this.hidden = this.state === "here";
    const line = this.querySelector("[data-text]");
    if (line) line.textContent = this.hidden ? "" : filled(this.words[this.state] ?? "", { time });
  }

  private problem(text: string): void {
    const place = document.getElementById("problem");
    if (!place) return;
    place.replaceChildren();
    if (text === "") return;
    const note = document.createElement("div");
    note.className = "note note-bad";
    note.textContent = text;
    place.append(note);
  }

  private draw(): void {
    if (this.state === "here" || this.floor === null) return;
    this.drawn.disconnect();
    paint(this.root, this.floor, this.given, this.words);
    this.drawn.observe(this.root, { subtree: true, childList: true, attributes: true });
  }
}

/** A move of the floor that the centre takes longer with is sent elsewhere. */
function limit({ detail }: CustomEvent<Sent>): void {
  if (detail.requestConfig.path.endsWith("/floor")) detail.xhr.timeout = ANSWER_MS;
}

function holdBack(event: Event): void {
  const { target } = event;
  if (!(target instanceof Element) || !target.closest('[data-waits][aria-disabled="true"]')) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}
