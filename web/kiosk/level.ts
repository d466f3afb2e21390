// How loud the room's own microphone is, as a bar that a person in the room can see.

const FLOOR_DB = -60;

/** Return the share of a full bar, 0 to 1, of a sound's amplitude (root mean square, 0 to 1). */
export function barOf(amplitude: number): number {
  if (amplitude <= 0) return 0;
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(amplitude)) / FLOOR_DB));
}

export class LevelMeter {
  private context: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private analyser: AnalyserNode | null = null;
  private samples = new Float32Array(0);

  /** Follows a track; null: none, and no sound is worked on. */
  follow(track: MediaStreamTrack | null): void {
    this.source?.disconnect();
    this.source = null;
    if (!track) {
      void this.context?.suspend();
      return;
    }
    this.context ??= new AudioContext();
    this.analyser ??= new AnalyserNode(this.context, { fftSize: 1024 });
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
    void this.context.resume();
  }

  /** The share of a full bar now; null: nothing is followed. */
  read(): number | null {
    if (!this.source || !this.analyser) return null;
    if (this.samples.length === 0) this.samples = new Float32Array(this.analyser.fftSize);
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, one) => sum + one * one, 0) / this.samples.length;
    return barOf(Math.sqrt(power));
  }
}
