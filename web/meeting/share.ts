// <dc-share>: shares a screen or a window with the meeting, with its sound where the browser
// gives it, and ends it. Text has to stay
// legible: when the line is thin the frames become fewer, never the picture smaller.
import { LitElement, type TemplateResult, html, nothing } from "lit";
import { filled } from "../live/words";
import { PICTURE, SOUND, share } from "../webrtc/content";
import { Refused, type RtcSession } from "../webrtc/session";
import { fetchTicket } from "./ticket";

type State = "idle" | "starting" | "sharing" | "ended" | "refused" | "failed" | "unable";

const GATHERING_MS = 1500;
const AGAIN_MS = 2000;
/** How long a line that broke may take: the relay has given the place away by then. */
const PATIENCE_MS = 30_000;
/** What browsers know and the types do not know yet. */
interface ShareOptions extends DisplayMediaStreamOptions {
  systemAudio: "exclude";
  windowAudio: "window";
  selfBrowserSurface: "exclude";
}
// Never the sound of the whole machine: that is the meeting's own, and would come back.
const WANTED: ShareOptions = {
  video: PICTURE,
  audio: SOUND,
  systemAudio: "exclude",
  windowAudio: "window",
  selfBrowserSurface: "exclude",
};

export class ScreenShare extends LitElement {
  static override properties = { state: { state: true }, detail: { state: true } };

  declare state: State;
  declare detail: string;

  private words: Readonly<Record<string, string>> = {};
  private track: MediaStreamTrack | null = null;
  private sound: MediaStreamTrack | null = null;
  private session: RtcSession | null = null;
  private timer = 0;
  private brokenAtMs = 0;
  private readonly leave = (): void => this.stop("idle");

  constructor() {
    super();
    this.state = "idle";
    this.detail = "";
  }

  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.words = JSON.parse(this.dataset.words ?? "{}") as Record<string, string>;
    window.addEventListener("pagehide", this.leave);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("pagehide", this.leave);
    this.leave();
  }

  private readonly start = async (): Promise<void> => {
    this.state = "starting";
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia(WANTED);
      const [track] = stream.getVideoTracks();
      const [sound] = stream.getAudioTracks();
      if (!track) throw new DOMException("no picture", "NotFoundError");
      track.addEventListener("ended", () => this.stop("idle"));
      this.track = track;
      this.sound = sound ?? null;
      this.brokenAtMs = 0;
    } catch (error) {
      // Whoever was asked what to share has chosen nothing, unless the browser says more.
      const isChosen = !(error instanceof DOMException && error.name === "NotAllowedError");
      this.stop(isChosen ? "unable" : "idle");
      return;
    }
    await this.send();
  };

  private async send(): Promise<void> {
    const { track } = this;
    if (!track) return;
    this.session?.close();
    this.session = null;
    try {
      const ticket = await fetchTicket(this.getAttribute("token-url") ?? "", "share");
      const meeting = encodeURIComponent(this.getAttribute("meeting") ?? "");
      const door = {
        url: `${ticket.relay_url}/content/${meeting}`,
        authorization: `Bearer ${ticket.token}`,
        gatheringMs: GATHERING_MS,
      };
      const session = await share(door, track, this.sound);
      if (this.track !== track) {
        session.close();
        return;
      }
      this.session = session;
      this.state = "sharing";
      session.peer.addEventListener("connectionstatechange", () => this.changed(session));
    } catch (error) {
      if (error instanceof Refused) {
        this.detail = error.message;
        this.stop("refused");
      } else {
        this.again();
      }
    }
  }

  private changed(session: RtcSession): void {
    if (session !== this.session) return;
    const { connectionState: state } = session.peer;
    if (state === "connected") this.brokenAtMs = 0;
    else if (state === "closed") this.stop("ended");
    else if (state === "failed") this.again();
  }

  private again(): void {
    this.brokenAtMs ||= performance.now();
    if (performance.now() - this.brokenAtMs > PATIENCE_MS) {
      this.stop("failed");
      return;
    }
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), AGAIN_MS);
  }

  private stop(state: State): void {
    window.clearTimeout(this.timer);
    this.track?.stop();
    this.sound?.stop();
    this.session?.close();
    this.track = this.sound = this.session = null;
    this.state = state;
  }

  private get said(): string {
    return this.word(this.state === "sharing" && this.sound ? "sharingSound" : this.state);
  }

  private word(name: string): string {
    return filled(this.words[name] ?? "", { reason: this.detail });
  }

  /** What is shared from this page is not shown on it: it would show itself in itself. */
  override updated(): void {
    document.body.toggleAttribute("data-sharing", this.state === "sharing");
  }

  override render(): TemplateResult | typeof nothing {
    if (!navigator.mediaDevices?.getDisplayMedia) return nothing;
    const isOn = this.state === "sharing" || this.state === "starting";
    return html`<div class="share-line" data-testid="share-state" data-state=${this.state}>
      <button class="btn" data-testid="share" ?disabled=${this.state === "starting"}
        @click=${() => (isOn ? this.stop("idle") : void this.start())}>
        ${this.word(isOn ? "shareStop" : "share")}
      </button>
      <span role="status">${this.state === "idle" ? nothing : this.said}</span>
    </div>`;
  }
}
