// A session that is wanted for as long as the page lives. A path that is called failed is given
// time to recover: only when it stays so is a new session opened.

import type { RtcSession } from "./session";

const PATIENCE_MS = 4000;
const RETRY_MS = [300, 600, 1200, 2000];

export class KeptSession {
  private session: RtcSession | null = null;
  private attempts = 0;
  private failures = 0;
  private timer = 0;

  constructor(private readonly make: () => Promise<RtcSession>) {}

  /** Opens it, anew where it is open: the other side is another one now. */
  restart(): void {
    this.failures = 0;
    this.again(0);
  }

  /** Ends it until the next `restart`. */
  stop(): void {
    this.attempts += 1;
    this.close();
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
    const attempt = ++this.attempts;
    try {
      const session = await this.make();
      if (attempt !== this.attempts) {
        session.close();
        return;
      }
      this.session = session;
      this.failures = 0;
      const { peer } = session;
      peer.onconnectionstatechange = () => this.changed(peer);
      this.changed(peer);
    } catch {
      // The local relay is starting, or this page outlived it: the next attempt follows.
      if (attempt === this.attempts) this.failed();
    }
  }

  private changed(peer: RTCPeerConnection): void {
    if (peer !== this.session?.peer) return;
    const { connectionState: state } = peer;
    if (state === "connected") window.clearTimeout(this.timer);
    else if (state === "closed") this.failed();
    else if (state === "failed" || state === "disconnected") this.again(PATIENCE_MS);
  }

  private close(): void {
    window.clearTimeout(this.timer);
    if (!this.session) return;
    this.session.peer.onconnectionstatechange = null;
    this.session.close();
    this.session = null;
  }
}
