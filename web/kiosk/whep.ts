// Plays the local relay's slots. A path that is called failed is given time to recover:
// only when it stays so is a new session opened.

export interface Tracks {
  video(slot: string, track: MediaStreamTrack): void;
  sound(slot: string, track: MediaStreamTrack): void;
}

const VIDEO_SLOTS = 3;
const SOUND_SLOTS = 3;
const PATIENCE_MS = 4000;
const RETRY_MS = [300, 600, 1200, 2000];

export class WhepPlayer {
  private peer: RTCPeerConnection | null = null;
  private location = "";
  private failures = 0;
  private timer = 0;

  constructor(
    private readonly url: string,
    private readonly tracks: Tracks,
  ) {}

  start(): void {
    void this.open();
  }

  /** Begins anew at once: the local relay is another one now. */
  restart(): void {
    this.failures = 0;
    this.again(0);
  }

  private again(delayMs: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.open(), delayMs);
  }

  private failed(): void {
    const delayMs = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 2000;
    this.failures += 1;
    this.again(delayMs);
  }

  private async open(): Promise<void> {
    this.close();
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.peer = peer;
    peer.ontrack = (event) => this.arrived(event);
    peer.onconnectionstatechange = () => this.changed(peer);
    for (let i = 0; i < VIDEO_SLOTS; i++) peer.addTransceiver("video", { direction: "recvonly" });
    for (let i = 0; i < SOUND_SLOTS; i++) peer.addTransceiver("audio", { direction: "recvonly" });
    try {
      await peer.setLocalDescription(await peer.createOffer());
      const reply = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/sdp" },
        body: peer.localDescription?.sdp ?? "",
      });
      if (reply.status !== 201) throw new Error(`the local relay answered ${reply.status}`);
      this.location = reply.headers.get("location") ?? "";
      await peer.setRemoteDescription({ type: "answer", sdp: await reply.text() });
      this.failures = 0;
    } catch {
      // The local relay is starting, or this page outlived it: the next attempt follows.
      if (this.peer === peer) this.failed();
    }
  }

  private arrived(event: RTCTrackEvent): void {
    const slot = event.streams[0]?.id ?? "";
    if (event.track.kind === "video") this.tracks.video(slot, event.track);
    else this.tracks.sound(slot, event.track);
  }

  private changed(peer: RTCPeerConnection): void {
    if (peer !== this.peer) return;
    const { connectionState: state } = peer;
    if (state === "connected") window.clearTimeout(this.timer);
    else if (state === "closed") this.failed();
    else if (state === "failed" || state === "disconnected") this.again(PATIENCE_MS);
  }

  private close(): void {
    window.clearTimeout(this.timer);
    if (!this.peer) return;
    this.peer.onconnectionstatechange = null;
    this.peer.close();
    if (this.location) void fetch(this.location, { method: "DELETE" }).catch(() => undefined);
    this.peer = null;
    this.location = "";
  }
}
