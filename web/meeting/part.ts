// <dc-part>: a person takes part by this machine's camera and microphone. The picture goes out
// small until they may be heard; the sound only then, and only while they have not muted it.
import { LitElement, type TemplateResult, html, nothing } from "lit";
import { Capture, type CaptureState } from "../kiosk/capture";
import type { Device } from "../kiosk/devices";
import { filled } from "../live/words";
import { type Obstacle, obstacle } from "../webrtc/obstacle";
import { type Door, Refused, Unanswered, asked } from "../webrtc/session";
import { fetchTicket } from "./ticket";

type State =
  | "idle"
  | "starting"
  | "in"
  | "retrying"
  | "refused"
  | "insecure"
  | "unsupported"
  | Obstacle;
type Kind = "camera" | "microphone";

const GATHERING_MS = 1500;
const KINDS: readonly Kind[] = ["camera", "microphone"];
const UNTRUSTED = new Set<State>(["insecure", "certificate"]);

export class TakingPart extends LitElement {
  static override properties = {
    state: { state: true },
    devices: { state: true },
    isMuted: { state: true },
  };

  declare state: State;
  declare devices: CaptureState | null;
  declare isMuted: boolean;

  private words: Readonly<Record<string, string>> = {};
  private detail = "";
  private relayUrl = "";
  private capture: Capture | null = null;
  private own: MediaStreamTrack | null = null;
  private readonly leave = (): void => this.stop("idle");
  /** The page says how this person stands on the floor, and is renewed with it. */
  private readonly floor = new MutationObserver(() => this.follow());

  constructor() {
    super();
    this.state = "idle";
    this.devices = null;
    this.isMuted = false;
  }

  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.words = JSON.parse(this.dataset.words ?? "{}") as Record<string, string>;
    window.addEventListener("pagehide", this.leave);
    const part = document.getElementById("own-part");
    if (part) this.floor.observe(part, { attributes: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pagehide", this.leave);
    this.floor.disconnect();
    this.leave();
  }

  private readonly join = (): void => {
    if (!window.isSecureContext || !navigator.mediaDevices) {
      this.state = "insecure";
      return;
    }
    if (!("RTCPeerConnection" in window)) {
      this.state = "unsupported";
      return;
    }
    this.state = "starting";
    this.capture ??= new Capture(() => this.door(), {
      changed: (state) => {
        this.devices = structuredClone(state);
      },
      ownPicture: (track) => {
        this.own = track;
        this.requestUpdate();
      },
      ownSound: () => undefined,
      speaker: () => undefined,
    });
    this.follow();
    this.capture.want(true);
  };

  private stop(state: State): void {
    this.capture?.want(false);
    this.isMuted = false;
    this.state = state;
  }

  /** Asks for a token and the relay's place, and says why where there is none. */
  private async door(): Promise<Door> {
    try {
      const ticket = await fetchTicket(this.getAttribute("token-url") ?? "", "publish");
      this.relayUrl = ticket.relay_url;
      await this.check(ticket.relay_url, ticket.is_relay_online);
      if (this.state !== "idle") this.state = "in";
      const meeting = encodeURIComponent(this.getAttribute("meeting") ?? "");
      return {
        url: `${ticket.relay_url}/whip/${meeting}`,
        authorization: `Bearer ${ticket.token}`,
        gatheringMs: GATHERING_MS,
      };
    } catch (error) {
      if (error instanceof Refused) {
        this.detail = error.message;
        this.stop("refused");
      } else if (this.state === "starting" || this.state === "in") {
        this.state = "retrying";
      }
      throw error;
    }
  }

  private async check(relayUrl: string, isOnline: boolean): Promise<void> {
    try {
      await asked(`${relayUrl}/healthz`, { cache: "no-store" });
    } catch (error) {
      if (!(error instanceof Unanswered)) return;
      const found = await obstacle(error, relayUrl, isOnline);
      // Trust is given by somebody's hand: camera and microphone are not open meanwhile.
      if (found === "certificate") this.stop(found);
      else if (this.state !== "idle") this.state = found;
      throw error;
    }
  }

  private get standing(): DOMStringMap {
    return document.getElementById("own-part")?.dataset ?? {};
  }

  private get maySpeak(): boolean {
    return this.standing.maySpeak === "yes";
  }

  private follow(): void {
    this.capture?.send(this.maySpeak ? ["high", "low"] : ["low"]);
    this.capture?.letOut(this.maySpeak && !this.isMuted);
    this.requestUpdate();
  }

  private readonly toggleSound = (): void => {
    this.isMuted = !this.isMuted;
    this.follow();
  };

  private readonly toggleHand = async (): Promise<void> => {
    const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
    const body = JSON.stringify({ is_up: this.standing.hand !== "up" });
    const url = this.getAttribute("hand-url") ?? "";
    const problem = document.getElementById("problem");
    await asked(url, { method: "POST", headers, body }).catch((error: unknown) => {
      if (problem && error instanceof Refused) problem.textContent = error.message;
    });
  };

  override updated(): void {
    const video = this.querySelector<HTMLVideoElement>("video");
    if (!video) return;
    const shown = (video.srcObject as MediaStream | null)?.getVideoTracks()[0] ?? null;
    if (shown === this.own) return;
    video.srcObject = this.own && new MediaStream([this.own]);
    if (this.own) void video.play().catch(() => undefined);
  }

  private word(name: string): string {
    const values = { reason: this.detail, relay: this.relayUrl, page: location.origin };
    return filled(this.words[name] ?? "", values);
  }

  private get said(): string {
    if (this.state !== "in") return this.word(this.state);
    if (KINDS.some((kind) => this.devices?.[kind].state === "refused")) return this.word("denied");
    const stands = !this.maySpeak ? "waiting" : this.isMuted ? "heardMuted" : "heard";
    return [this.word(stands), ...this.lacks].join(" ");
  }

  /** What is not there or another program's, said as what the others miss by it. */
  private get lacks(): string[] {
    return KINDS.flatMap((kind) => {
      const state = this.devices?.[kind].state;
      return state === "missing" || state === "busy" ? [this.word(`${kind}-${state}`)] : [];
    });
  }

  override render(): TemplateResult {
    const isOut =
      this.state === "idle" ||
      this.state === "refused" ||
      this.state === "unsupported" ||
      UNTRUSTED.has(this.state);
    const isHeard = this.state === "in" && this.maySpeak && !this.isMuted;
    return html`<div class="part-line" data-testid="part-state" data-state=${this.state}
      data-heard=${isHeard ? "yes" : "no"}>
      ${isOut ? this.renderOut() : this.renderIn()}
      <span role="status">${this.state === "idle" ? nothing : this.said}</span>
      ${UNTRUSTED.has(this.state) ? this.renderUntrusted() : nothing}
    </div>`;
  }

  private renderOut(): TemplateResult {
    return html`<button class="btn" data-testid="take-part" @click=${this.join}>
      ${this.word("join")}
    </button>`;
  }

  private renderIn(): TemplateResult {
    const isUp = this.standing.hand === "up";
    return html`<video class="part-own" muted autoplay playsinline data-testid="part-own"
        aria-label=${this.word("own")}></video>
      <button class="btn" data-testid="part-hand" aria-pressed=${isUp} ?disabled=${this.maySpeak}
        @click=${this.toggleHand}>✋ ${this.word(isUp ? "handDown" : "hand")}</button>
      <button class="btn" data-testid="part-mute" aria-pressed=${this.isMuted}
        @click=${this.toggleSound}>${this.word(this.isMuted ? "unmute" : "mute")}</button>
      <button class="btn" data-testid="part-leave" @click=${this.leave}>
        ${this.word("leave")}
      </button>
      ${KINDS.map((kind) => this.renderChoice(kind))}`;
  }

  private renderChoice(kind: Kind): TemplateResult {
    const plugged = this.capture?.plugged;
    const all: readonly Device[] = plugged?.devices[kind] ?? [];
    const use = (event: Event): void => {
      const device = all.find(({ id }) => id === (event.target as HTMLSelectElement).value);
      if (device) this.capture?.use(kind, device);
    };
    const chosen = plugged?.chosen[kind]?.id;
    return html`<label class="part-device">${this.word(kind)}
      <select class="form-select" data-testid="part-${kind}" @change=${use}>
        ${all.length === 0 ? html`<option>${this.word("none")}</option>` : nothing}
        ${all.map(
          ({ id, name }) => html`<option value=${id} ?selected=${id === chosen}>${name}</option>`,
        )}
      </select></label>`;
  }

  private renderUntrusted(): TemplateResult {
    return html`<a class="btn" href=${this.getAttribute("authority-url") ?? ""}
        download="diemcau-ca.crt">${this.word("authority")}</a>
      ${
        this.state === "certificate"
          ? html`<a class="btn" href="${this.relayUrl}/healthz" target="_blank" rel="noopener">
              ${this.word("openRelay")}
            </a>`
          : nothing
      }`;
  }
}
