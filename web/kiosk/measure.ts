// With ?measure=1 the page counts what it decodes: window.diemcau.slots says, per slot, the
// number shown, pictures, pictures missing by their counter, the longest gap and ages.
// Where the browser can hand out every decoded picture (MediaStreamTrackProcessor) each is
// looked at; elsewhere only those that were painted, and `isPaintedOnly` says so.

import { StripReader, ageMs, counterStep, readLuma, stripTop, type Strip } from "./strip";

export interface SlotMeasure {
  isPaintedOnly: boolean;
  number: number | null;
  counter: number | null;
  frames: number;
  missing: number;
  unreadable: number;
  gapMaxMs: number;
  agesMs: number[];
  shown: { number: number; sinceMs: number }[];
}

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorType = new (options: { track: MediaStreamTrack }) => TrackProcessor;

const MAX_AGES = 1000;
const MAX_SHOWN = 256;

/** Follows one slot for as long as the page lives; `watch` is called with each new track. */
export class SlotCounter {
  readonly found: SlotMeasure = {
    isPaintedOnly: false,
    number: null,
    counter: null,
    frames: 0,
    missing: 0,
    unreadable: 0,
    gapMaxMs: 0,
    agesMs: [],
    shown: [],
  };
  private last: Strip | null = null;
  private lastAtMs = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly wallMs: () => number,
  ) {}

  watch(track: MediaStreamTrack): void {
    const type = (globalThis as { MediaStreamTrackProcessor?: TrackProcessorType })
      .MediaStreamTrackProcessor;
    if (type) void this.everyDecoded(new type({ track: track.clone() }));
    else if (!this.found.isPaintedOnly) this.everyPainted();
  }

  private async everyDecoded(processor: TrackProcessor): Promise<void> {
    const reader = processor.readable.getReader();
    let buffer = new Uint8Array(0);
    for (;;) {
      const { value: frame, done } = await reader.read();
      if (done || !frame) return;
      try {
        const height = frame.codedHeight - stripTop(frame.codedHeight);
        const rect = { x: 0, y: frame.codedHeight - height, width: frame.codedWidth, height };
        const size = frame.allocationSize({ rect });
        if (buffer.length < size) buffer = new Uint8Array(size);
        const [plane] = await frame.copyTo(buffer, { rect });
        const stride = plane?.stride ?? rect.width;
        this.note(readLuma(buffer.subarray(plane?.offset ?? 0), rect.width, height, stride));
      } finally {
        frame.close();
      }
    }
  }

  private everyPainted(): void {
    this.found.isPaintedOnly = true;
    const reader = new StripReader();
    const look = () => {
      this.note(reader.read(this.video));
      this.video.requestVideoFrameCallback(look);
    };
    this.video.requestVideoFrameCallback(look);
  }

  private note(strip: Strip | null): void {
    const { found, last } = this;
    const nowMs = performance.now();
    if (this.lastAtMs > 0) found.gapMaxMs = Math.max(found.gapMaxMs, nowMs - this.lastAtMs);
    this.lastAtMs = nowMs;
    found.frames += 1;
    if (!strip) {
      found.unreadable += 1;
      return;
    }
    if (last?.pointNumber === strip.pointNumber) {
      found.missing += Math.max(0, counterStep(last.counter, strip.counter) - 1);
    }
    this.remember(strip);
    this.last = strip;
  }

  private remember(strip: Strip): void {
    const { found } = this;
    const nowMs = this.wallMs();
    found.agesMs.push(ageMs(strip, nowMs));
    if (found.agesMs.length > MAX_AGES) found.agesMs.shift();
    if (found.number !== strip.pointNumber) {
      found.shown.push({ number: strip.pointNumber, sinceMs: nowMs });
      if (found.shown.length > MAX_SHOWN) found.shown.shift();
    }
    found.number = strip.pointNumber;
    found.counter = strip.counter;
  }
}
