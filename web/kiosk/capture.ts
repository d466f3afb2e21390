// The room's camera and microphone, open while the room's server says so and not a moment
// longer. A device that is unplugged leaves a hole and comes back into it: nothing is reloaded
// and nothing negotiated. Sound never waits for the picture, nor the picture for the sound.

import { KeptSession } from "../webrtc/kept";
import type { Door } from "../webrtc/session";
import { type Senders, type Size, publish } from "../webrtc/whip";
import {
  type Chosen,
  type Device,
  type DeviceKind,
  type Devices,
  type LastUsed,
  choose,
  sorted,
} from "./devices";

type Input = "camera" | "microphone";
const INPUTS: readonly Input[] = ["camera", "microphone"];
type InputState = "closed" | "open" | "missing" | "busy" | "refused" | "failed";

/** One device as the page and the room's server know it. */
export interface Opened {
  state: InputState;
  name: string;
}

/** What is open; `speaker` is the name of what is played through. */
export interface CaptureState {
  camera: Opened;
  microphone: Opened;
  speaker: string;
}

const AGAIN_MS = 2000;
const LAST_KEY = "diemcau-devices";
const WANTED: Record<Input, MediaTrackConstraints> = {
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } },
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};
const FAULTS: Record<string, InputState> = {
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
  NotAllowedError: "refused",
  SecurityError: "refused",
};

export interface Listeners {
  /** Something of the state has changed. */
  changed(state: CaptureState): void;
  /** The picture that is sent, for the room itself to see; null: none. */
  ownPicture(track: MediaStreamTrack | null): void;
  /** The sound that is sent, for its level to be shown. */
  ownSound(track: MediaStreamTrack | null): void;
  /** Play through this loudspeaker from now on; empty: the browser's choice. */
  speaker(id: string): void;
}

export class Capture {
  private isWanted = false;
  private isTried = false;
  private isSoundOut = true;
  private sizes: readonly Size[] = [];
  private chosen: Chosen = { camera: null, microphone: null, speaker: null };
  private devices: Devices = { camera: [], microphone: [], speaker: [] };
  private isLooking = false;
  private mustLookAgain = false;
  private timer = 0;
  private senders: Senders | null = null;
  private readonly tracks = new Map<Input, MediaStreamTrack>();
  private readonly session: KeptSession;
  private readonly state: CaptureState = {
    camera: { state: "closed", name: "" },
    microphone: { state: "closed", name: "" },
    speaker: "",
  };

  /** `door` says where it is published; it is asked anew for every session. */
  constructor(
    door: () => Promise<Door>,
    private readonly listeners: Listeners,
  ) {
    this.session = new KeptSession(async () =>
      publish(await door(), (senders) => {
        this.senders?.sendPicture(null);
        this.senders = senders;
        senders.activate(this.sizes);
        this.feed();
      }),
    );
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.look());
  }

  /** Opens camera and microphone, or stops both. */
  want(isWanted: boolean): void {
    if (isWanted === this.isWanted) return;
    this.isWanted = isWanted;
    if (isWanted) this.session.restart();
    else this.session.stop();
    void this.look();
  }

  /** Opens them for somebody in the room to look at, sending nothing; or ends that. */
  try(isTried: boolean): void {
    this.isTried = isTried;
    void this.look();
  }

  /** Sends the picture in these sizes and no other: the others are seen by nobody. */
  send(sizes: readonly Size[]): void {
    this.sizes = sizes;
    this.senders?.activate(sizes);
  }

  /** Lets the microphone's sound out, or keeps it here; the device stays open. */
  letOut(isSoundOut: boolean): void {
    if (isSoundOut === this.isSoundOut) return;
    this.isSoundOut = isSoundOut;
    this.senders?.sendSound(isSoundOut ? (this.tracks.get("microphone") ?? null) : null);
  }

  /** What is plugged in, and what of it is used. */
  get plugged(): { readonly devices: Devices; readonly chosen: Chosen } {
    return { devices: this.devices, chosen: this.chosen };
  }

  /** Publishes anew: the local relay is another one now. */
  restart(): void {
    if (this.isWanted) this.session.restart();
  }

  /** Uses a device from now on, and whenever it is there again. */
  use(kind: DeviceKind, device: Device): void {
    const last: LastUsed = { ...lastUsed(), [kind]: device.name };
    localStorage.setItem(LAST_KEY, JSON.stringify(last));
    void this.look();
  }

  private get mayOpen(): boolean {
    return this.isWanted || this.isTried;
  }

  /** Makes what is open what should be open; one look at a time. */
  private async look(): Promise<void> {
    // At once, also while a browser waits for somebody's answer about the other device.
    if (!this.mayOpen) for (const input of INPUTS) this.close(input, "closed");
    if (this.isLooking) {
      this.mustLookAgain = true;
      return;
    }
    this.isLooking = true;
    try {
      do {
        this.mustLookAgain = false;
        await this.lookOnce();
      } while (this.mustLookAgain);
    } finally {
      this.isLooking = false;
    }
  }

  private async lookOnce(): Promise<void> {
    window.clearTimeout(this.timer);
    if (!this.mayOpen) return;
    this.devices = sorted(await navigator.mediaDevices.enumerateDevices());
    const chosen = choose(this.devices, lastUsed());
    this.chosen = chosen;
    await Promise.all([
      this.open("microphone", chosen.microphone),
      this.open("camera", chosen.camera),
    ]);
    this.state.speaker = chosen.speaker?.name ?? "";
    this.listeners.speaker(chosen.speaker?.id ?? "");
    this.listeners.changed(this.state);
    const isWhole = INPUTS.every((input) => this.state[input].state === "open");
    if (!isWhole) this.timer = window.setTimeout(() => void this.look(), AGAIN_MS);
  }

  private async open(input: Input, device: Device | null): Promise<void> {
    const track = this.tracks.get(input);
    if (!device) {
      this.close(input, "missing");
      return;
    }
    if (track?.readyState === "live" && isOf(track, device)) return;
    try {
      // Firefox and some drivers open a camera once only: what is open is closed first.
      if (track) this.close(input, "closed");
      const opened = await this.opened(input, device);
      if (!this.mayOpen) {
        opened.stop();
        return;
      }
      opened.addEventListener("ended", () => void this.look());
      this.tracks.set(input, opened);
      this.note(input, "open", opened.label);
      this.feed();
      if (device.id === "") this.mustLookAgain = true; // now there are names to choose by
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      this.close(input, FAULTS[name] ?? "failed", device.name);
    }
  }

  private async opened(input: Input, device: Device): Promise<MediaStreamTrack> {
    const which = device.id === "" ? {} : { deviceId: { exact: device.id } };
    const wanted = { ...WANTED[input], ...which };
    const stream = await navigator.mediaDevices.getUserMedia(
      input === "camera" ? { video: wanted } : { audio: wanted },
    );
    const [track] = stream.getTracks();
    if (!track) throw new DOMException("no track", "NotFoundError");
    track.contentHint = input === "camera" ? "motion" : "speech";
    return track;
  }

  private close(input: Input, state: InputState, name = ""): void {
    const track = this.tracks.get(input);
    this.tracks.delete(input);
    track?.stop();
    this.note(input, state, name);
    if (track) this.feed();
  }

  private note(input: Input, state: InputState, name: string): void {
    const known = this.state[input];
    if (known.state === state && known.name === name) return;
    this.state[input] = { state, name };
    this.listeners.changed(this.state);
  }

  /** Sends what is open, and shows it to the room. */
  private feed(): void {
    const picture = this.tracks.get("camera") ?? null;
    const sound = this.tracks.get("microphone") ?? null;
    this.senders?.sendPicture(picture);
    this.senders?.sendSound(this.isSoundOut ? sound : null);
    this.listeners.ownPicture(picture);
    this.listeners.ownSound(sound);
  }
}

function isOf(track: MediaStreamTrack, device: Device): boolean {
  return device.id === "" || track.getSettings().deviceId === device.id;
}

function lastUsed(): LastUsed {
  try {
    return JSON.parse(localStorage.getItem(LAST_KEY) ?? "{}") as LastUsed;
  } catch {
    return {};
  }
}
