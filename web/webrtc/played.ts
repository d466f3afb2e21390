// What is really seen and heard of what a page plays, by the browser's own counts (webrtc-stats):
// pictures that stood still, sound that was made up. Read every ten seconds, as differences.

/** One slot over the last seconds, as contracts/played.py has it. */
export interface SlotPlayed {
  readonly slot: string;
  readonly decoded?: number;
  readonly frozen_ratio?: number;
  readonly height_px?: number;
  readonly concealed_ratio?: number;
  readonly buffer_ms?: number;
}

/** What is read of a stream that comes in; a browser may know less. */
interface Inbound {
  readonly type: string;
  readonly kind: "audio" | "video";
  readonly timestamp: number;
  readonly trackIdentifier?: string;
  readonly framesDecoded?: number;
  readonly frameHeight?: number;
  readonly totalFreezesDuration?: number;
  readonly concealedSamples?: number;
  readonly silentConcealedSamples?: number;
  readonly totalSamplesReceived?: number;
  readonly jitterBufferDelay?: number;
  readonly jitterBufferEmittedCount?: number;
}

export const EVERY_MS = 10_000;
const MAX_SLOTS = 16;

export class PlayedFigures {
  private readonly slots = new Map<string, string>();
  private before = new Map<string, Inbound>();

  /** Says in which slot a track is played. */
  named(track: MediaStreamTrack, slot: string): void {
    this.slots.set(track.id, slot);
  }

  /** Returns what was played since the last reading. */
  async read(peer: RTCPeerConnection): Promise<SlotPlayed[]> {
    const found = new Map<string, SlotPlayed>();
    const now = new Map<string, Inbound>();
    for (const one of (await peer.getStats()).values() as IterableIterator<Inbound>) {
      const id = one.trackIdentifier ?? "";
      const slot = this.slots.get(id);
      if (one.type !== "inbound-rtp" || slot === undefined) continue;
      now.set(id, one);
      const before = this.before.get(id);
      if (before) found.set(slot, between(slot, before, one));
    }
    this.before = now;
    return [...found.values()].slice(0, MAX_SLOTS);
  }
}

function between(slot: string, before: Inbound, now: Inbound): SlotPlayed {
  const gone = (name: keyof Inbound) => difference(before[name], now[name]);
  const buffer_ms = scaled(gone("jitterBufferDelay"), gone("jitterBufferEmittedCount"), 1000);
  if (now.kind === "audio") {
    const made = gone("concealedSamples");
    const spoken = made === undefined ? made : made - (gone("silentConcealedSamples") ?? 0);
    return known({ slot, concealed_ratio: ratio(spoken, gone("totalSamplesReceived")), buffer_ms });
  }
  return known({
    slot,
    decoded: gone("framesDecoded"),
    frozen_ratio: ratio(gone("totalFreezesDuration"), (now.timestamp - before.timestamp) / 1000),
    height_px: now.frameHeight,
    buffer_ms,
  });
}

/** How far a count went; a count that began anew went nowhere. */
function difference(before: unknown, now: unknown): number | undefined {
  if (typeof before !== "number" || typeof now !== "number") return undefined;
  return Math.max(0, now - before);
}

function scaled(value: number | undefined, by: number | undefined, scale: number) {
  return value === undefined || !by ? undefined : (value / by) * scale;
}

function ratio(value: number | undefined, of: number | undefined): number | undefined {
  const found = scaled(value, of, 1);
  return found === undefined ? undefined : Math.min(1, Math.max(0, found));
}

/** Leaves out what a browser does not know. */
function known(slot: Record<keyof SlotPlayed, unknown> | object): SlotPlayed {
  return Object.fromEntries(
    Object.entries(slot).filter(([, value]) => value !== undefined),
  ) as unknown as SlotPlayed;
}
