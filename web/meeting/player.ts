// <dc-player>: keeps a WHEP session with the relay and says how it is.
import { LitElement, type TemplateResult, html, nothing } from "lit";
import { filled } from "../live/words";
import { type Obstacle, obstacle } from "../webrtc/obstacle";
import { EVERY_MS, PlayedFigures } from "../webrtc/played";
import { Refused, type RtcSession, Unanswered } from "../webrtc/session";
import { TILES, type TileTracks } from "./grid";
import { Sinks } from "./sinks";
import { type Slot, playMeeting } from "./slots";
import { fetchTicket } from "./ticket";
import { type Withheld, held } from "./withheld";

type State = "connecting" | "playing" | "retrying" | "refused" | "unsupported" | Obstacle;

const RETRIED = new Set<State>(["refused", "origin", "stopped", "certificate", "network"]);

const BACKOFF_MS = [1000, 2000, 4000, 8000, 10_000];
/** How long a failed connection may recover by itself before a second one is tried. */
const PATIENCE_MS = 3000;
/** And how long the second one may take to connect before the next try. */
const CONNECTING_MS = 8000;

export class MeetingPlayer extends LitElement {
  static override properties = {
    state: { state: true },
    isBlocked: { state: true },
    isMuted: { state: true },
    detail: { state: true },
    withheld: { state: true },
  };

  declare state: State;
  declare isBlocked: boolean;
  declare isMuted: boolean;
  declare detail: string;
  declare withheld: Withheld | null;

  private sinks: Sinks | null = null;
  private session: RtcSession | null = null;
  private spare: RtcSession | null = null;
  private words: Readonly<Record<string, string>> = {};
  private tries = 0;
  private timer: number | null = null;
  private isOpening = false;
  private relayUrl = "";
  private figures = new PlayedFigures();
  private telling = 0;
  private readonly leave = (): void => this.stop();

  constructor() {
    super();
    this.state = "connecting";
    this.isBlocked = false;
    this.isMuted = false;
    this.detail = "";
    this.withheld = null;
  }

  /** In the page itself, so that its styles and the reader's tools reach it. */
  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.words = JSON.parse(this.dataset.words ?? "{}") as Record<string, string>;
    if (!("RTCPeerConnection" in window)) {
      this.state = "unsupported";
      return;
    }
    const sounds = document.createElement("div");
    sounds.hidden = true;
    this.after(sounds);
    sounds.setAttribute("data-keep", "");
    sounds.id = "sounds";
    this.sinks = new Sinks(sounds);
    this.sinks.onPicture(() => this.requestUpdate());
    window.addEventListener("pagehide", this.leave);
    this.telling = window.setInterval(() => void this.tell(), EVERY_MS);
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pagehide", this.leave);
    clearInterval(this.telling);
    this.stop();
  }

  private stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.spare?.close();
    this.session?.close();
    this.spare = this.session = null;
  }

  private async open(): Promise<void> {
    if (this.isOpening) return;
    this.isOpening = true;
    const tracks = new Map<Slot, MediaStreamTrack>();
    try {
      const ticket = await fetchTicket(this.getAttribute("token-url") ?? "");
      const meeting = this.getAttribute("meeting") ?? "";
      try {
        const tiles = this.hasAttribute("with-tiles") ? TILES : 0;
        const opened = await playMeeting(
          meeting,
          ticket,
          (slot, track) => tracks.set(slot, track),
          tiles,
        );
        if (this.isConnected) this.watch(opened, tracks);
        else opened.close();
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        this.relayUrl = ticket.relay_url;
        const found = await obstacle(error, ticket.relay_url, ticket.is_relay_online);
        if (this.session === null) this.state = found;
        this.later();
      }
    } catch (error) {
      this.explain(error);
      this.later();
    } finally {
      this.isOpening = false;
    }
  }

  private explain(error: unknown): void {
    if (error instanceof Refused) {
      this.detail = error.message;
      if (this.session === null) this.state = "refused";
    } else if (this.session === null) {
      this.state = "retrying";
    }
  }

  /** Follow a session; the first of two to be connected is the one that plays. */
  private watch(opened: RtcSession, tracks: ReadonlyMap<Slot, MediaStreamTrack>): void {
    if (this.session === null) this.take(opened, tracks);
    else this.spare = opened;
    const { peer } = opened;
    peer.addEventListener("connectionstatechange", () => {
      if (peer.connectionState === "connected") this.connected(opened, tracks);
      else if (peer.connectionState !== "connecting") this.broken(opened);
    });
    if (peer.connectionState === "connected") this.connected(opened, tracks);
    else this.plan(CONNECTING_MS);
  }

  private take(session: RtcSession, tracks: ReadonlyMap<Slot, MediaStreamTrack>): void {
    this.session = session;
    this.withheld = null;
    this.figures = new PlayedFigures();
    for (const [slot, track] of tracks)
      if (!slot.startsWith("tile-")) this.figures.named(track, slot);
    for (const [slot, track] of tracks) this.sinks?.set(slot, track);
  }

  private connected(session: RtcSession, tracks: ReadonlyMap<Slot, MediaStreamTrack>): void {
    if (session !== this.session && session !== this.spare) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.tries = 0;
    if (session === this.spare) {
      this.session?.close();
      this.take(session, tracks);
    } else {
      this.spare?.close();
    }
    this.spare = null;
    this.state = "playing";
    this.offerTiles(session, tracks);
    void this.play();
  }

  private offerTiles(session: RtcSession, tracks: ReadonlyMap<Slot, MediaStreamTrack>): void {
    if (!this.hasAttribute("with-tiles")) return;
    const places = Array.from({ length: TILES }, (_, place) => tracks.get(`tile-${place}`));
    const detail: TileTracks = { session, tracks: places };
    document.dispatchEvent(new CustomEvent("dc-tiles", { detail }));
  }

  /** Tell the relay what is really seen and heard, and hear what it holds back; both can wait. */
  private async tell(): Promise<void> {
    const { session } = this;
    if (session?.peer.connectionState !== "connected") return;
    const slots = await this.figures.read(session.peer);
    const answer = await session.put("played", { slots }).catch(() => this.withheld);
    if (session === this.session) this.withheld = answer as Withheld | null;
  }

  private broken(session: RtcSession): void {
    if (session === this.spare) {
      this.spare = null;
      session.close();
      this.later();
    } else if (session === this.session) {
      this.state = "retrying";
      this.plan(PATIENCE_MS);
    }
  }

  private later(): void {
    const delay = BACKOFF_MS[Math.min(this.tries, BACKOFF_MS.length - 1)] ?? 10_000;
    this.tries += 1;
    this.plan(delay * (0.8 + Math.random() * 0.4));
  }

  private plan(delayMs: number): void {
    if (this.timer !== null) return;
    this.timer = window.setTimeout(() => {
      this.timer = null;
      if (this.session?.peer.connectionState === "connected") return;
      this.spare?.close();
      this.spare = null;
      void this.open();
    }, delayMs);
  }

  private async play(): Promise<void> {
    this.isBlocked = !(await (this.sinks?.play() ?? true));
  }

  private readonly again = (): void => {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.tries = 0;
    void this.open();
  };

  private readonly toggleSound = (): void => {
    this.isMuted = !this.isMuted;
    this.sinks?.setMuted(this.isMuted);
  };

  private word(name: string, values: Readonly<Record<string, string>> = {}): string {
    return filled(this.words[name] ?? "", values);
  }

  /** Connected is not playing yet: it is said once there is a picture, or why there is none. */
  private get said(): string {
    const why = this.state === "playing" ? held(this.withheld) : null;
    if (why !== null) return this.word(why.by, { what: this.word(why.what) });
    const name = this.state === "playing" && !this.sinks?.hasPicture ? "waiting" : this.state;
    const { detail: reason, relayUrl: relay } = this;
    return this.word(name, { reason, relay, page: location.origin });
  }

  override render(): TemplateResult {
    return html`<div class="player-line" data-testid="player-state" data-state=${this.state}>
      <span role="status">${this.said}</span>
      ${this.state === "certificate" ? this.renderUntrusted() : nothing}
      ${RETRIED.has(this.state) ? this.renderAgain() : nothing}
      ${this.state === "playing" ? this.renderSound() : nothing}
    </div>`;
  }

  private renderSound(): TemplateResult {
    if (this.isBlocked) {
      return html`<span>${this.word("soundOff")}</span>
        <button class="btn btn-primary" data-testid="play" @click=${() => void this.play()}>
          ${this.word("play")}
        </button>`;
    }
    return html`<button class="btn" data-testid="sound" @click=${this.toggleSound}>
      ${this.word(this.isMuted ? "unmute" : "mute")}
    </button>`;
  }

  private renderUntrusted(): TemplateResult {
    return html`<a class="btn" href="${this.relayUrl}/healthz" target="_blank" rel="noopener">
        ${this.word("openRelay")}
      </a>
      <a class="btn" href=${this.getAttribute("authority-url") ?? ""} download="diemcau-ca.crt">
        ${this.word("authority")}
      </a>`;
  }

  private renderAgain(): TemplateResult {
    return html`<button class="btn" data-testid="retry" @click=${this.again}>
      ${this.word("retry")}
    </button>`;
  }
}
