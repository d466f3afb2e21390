// What the room shares beside its camera: whatever else brings pictures, such as a laptop at a
// capture device or a document camera. One press begins it, the next one ends it.

import { PICTURE, SOUND, share } from "../webrtc/content";
import { Refused, type RtcSession } from "../webrtc/session";
import type { Capture } from "./capture";
import { type Shareable, shareable } from "./devices";
import { isLetter } from "./keys";
import { say } from "./screen";
import type { SharesEnded } from "./screen_type";
import { word } from "./words";

export class RoomShare {
  private session: RtcSession | null = null;
  private tracks: readonly MediaStreamTrack[] = [];
  /** Which start is the latest: what an earlier one was still waiting for is closed when it comes. */
  private turn = 0;
  private isStarting = false;
  private isAllowed = false;
  private note = "";
  /** How many the centre ended, once it is known: what was before this page is no news. */
  private ended: number | null = null;

  constructor(private readonly capture: Capture) {
    this.button.addEventListener("click", () => this.toggle());
    document.addEventListener("keydown", (event) => {
      if (isLetter(event, "c") && !this.button.hidden) this.toggle();
    });
  }

  /** Offers itself where the floor allows it and there is something to share; ends with it.
   *
   * `ended`: by the centre, before this page did.
   */
  offer(isAllowed: boolean, ended?: SharesEnded): void {
    if (this.isAllowed && !isAllowed) this.stop("");
    else if (ended && this.ended !== null && ended.total > this.ended) this.stop(ended.reason);
    this.ended = ended?.total ?? this.ended;
    this.isAllowed = isAllowed;
    this.draw();
  }

  private get button(): HTMLButtonElement {
    return document.getElementById("share") as HTMLButtonElement;
  }

  private get source(): Shareable | null {
    return shareable(this.capture.plugged.devices, this.capture.plugged.chosen);
  }

  private toggle(): void {
    if (this.tracks.length > 0 || this.isStarting) this.stop("");
    else void this.start();
  }

  private async start(): Promise<void> {
    const { source } = this;
    if (!source) return;
    const turn = ++this.turn;
    this.isStarting = true;
    this.note = "";
    this.draw();
    try {
      const sound = source.sound && { ...SOUND, deviceId: { exact: source.sound.id } };
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { ...PICTURE, width: 1920, height: 1080, deviceId: { exact: source.picture.id } },
        audio: sound ?? false,
      });
      if (turn !== this.turn) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.tracks = stream.getTracks();
      await this.send(turn, stream, source.picture.name);
    } catch (error) {
      const said = word("share_failed", { name: source.picture.name });
      if (turn === this.turn) this.stop(error instanceof Refused ? error.message : said);
    }
  }

  private async send(turn: number, stream: MediaStream, name: string): Promise<void> {
    const [picture] = stream.getVideoTracks();
    const [sound] = stream.getAudioTracks();
    if (!picture) throw new DOMException("no picture", "NotFoundError");
    picture.addEventListener("ended", () => {
      if (turn === this.turn) this.stop(word("share_failed", { name }));
    });
    const session = await share({ url: "/content" }, picture, sound ?? null);
    if (turn !== this.turn) {
      session.close();
      return;
    }
    this.session = session;
    this.isStarting = false;
    this.note = word("share_on", { name });
    session.peer.addEventListener("connectionstatechange", () => {
      const { connectionState: state } = session.peer;
      if (session === this.session && (state === "closed" || state === "failed"))
        this.stop(word("share_ended"));
    });
    this.draw();
  }

  private stop(note: string): void {
    this.turn += 1;
    this.isStarting = false;
    for (const track of this.tracks) track.stop();
    this.tracks = [];
    this.session?.close();
    this.session = null;
    this.note = note;
    this.draw();
  }

  private draw(): void {
    const isOn = this.tracks.length > 0 || this.isStarting;
    this.button.hidden = !isOn && !(this.isAllowed && this.source);
    this.button.toggleAttribute("data-on", isOn);
    say("share-text", word(isOn ? "share_stop" : "share"));
    say("share-note", this.button.hidden ? "" : this.note);
  }
}
