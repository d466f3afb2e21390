// Where the slots play: the videos of the page, and a sound element each.
import { AUDIO_SLOTS, type Slot, VIDEO_SLOTS } from "./slots";

export class Sinks {
  private readonly videos = new Map<string, HTMLVideoElement>();
  private readonly sounds = new Map<string, HTMLAudioElement>();

  constructor(holder: HTMLElement) {
    for (const slot of VIDEO_SLOTS) {
      const video = document.getElementById(`video-${slot}`);
      if (video instanceof HTMLVideoElement) this.videos.set(slot, video);
    }
    for (const slot of AUDIO_SLOTS) {
      const sound = document.createElement("audio");
      sound.autoplay = true;
      sound.dataset.slot = slot;
      holder.append(sound);
      this.sounds.set(slot, sound);
    }
  }

  private get all(): HTMLMediaElement[] {
    return [...this.videos.values(), ...this.sounds.values()];
  }

  /** Whether a picture is there to be seen. */
  get hasPicture(): boolean {
    return [...this.videos.values()].some((video) => video.videoWidth > 0);
  }

  /** Call back whenever a picture begins to be there. */
  onPicture(callback: () => void): void {
    for (const video of this.videos.values()) video.addEventListener("resize", callback);
  }

  /** Show a track in its slot; the element keeps playing. */
  set(slot: Slot, track: MediaStreamTrack): void {
    const sink = this.videos.get(slot) ?? this.sounds.get(slot);
    if (sink) sink.srcObject = new MediaStream([track]);
  }

  /** Play everything; false: the browser wants a press first, and shows pictures only. */
  async play(): Promise<boolean> {
    const results = await Promise.allSettled(
      this.all.filter((sink) => sink.srcObject !== null).map((sink) => sink.play()),
    );
    return !results.some(
      (one) =>
        one.status === "rejected" &&
        one.reason instanceof DOMException &&
        one.reason.name === "NotAllowedError",
    );
  }

  setMuted(isMuted: boolean): void {
    for (const sound of this.sounds.values()) sound.muted = isMuted;
  }
}
