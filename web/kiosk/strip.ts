// Reads the strip of a synthetic picture in the browser: the twin of media/testcard/marker.py,
// where the layout is described.

export interface Strip {
  pointNumber: number;
  counter: number;
  madeAtMs: number;
}

const ROWS = 3;
const COLUMNS = 20;
const HEIGHT_RATIO = 2 / 15;
const MIN_CONTRAST = 60;
const TIME_MODULUS_MS = 2 ** 20;
const COUNTER_MODULUS = 2 ** 24;
const INNER = [0.35, 0.5, 0.65].flatMap((down) =>
  [0.35, 0.5, 0.65].map((across) => [down, across] as const),
);

export class StripReader {
  private readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D | null;

  constructor() {
    this.canvas.width = COLUMNS * 4;
    this.canvas.height = ROWS * 4;
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  /** The strip of the frame a video shows now, or null where there is none. */
  read(video: HTMLVideoElement): Strip | null {
    const { videoWidth: width, videoHeight: height } = video;
    if (!this.context || width === 0) return null;
    const stripHeight = Math.round(height * HEIGHT_RATIO);
    const { width: across, height: down } = this.canvas;
    this.context.drawImage(video, 0, height - stripHeight, width, stripHeight, 0, 0, across, down);
    return decoded(blockMeans(this.context.getImageData(0, 0, across, down)));
  }
}

/** The first line of the strip in a picture of this height, made even for 4:2:0. */
export function stripTop(height: number): number {
  const top = height - Math.round(height * HEIGHT_RATIO);
  return top - (top % 2);
}

/** The strip in the luma of a picture's lowest lines, or null where there is none. */
export function readLuma(
  luma: Uint8Array,
  width: number,
  height: number,
  stride: number,
): Strip | null {
  const means: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      let sum = 0;
      for (const [down, across] of INNER) {
        const y = Math.floor(((row + down) * height) / ROWS);
        const x = Math.floor(((column + across) * width) / COLUMNS);
        sum += luma[y * stride + x] ?? 0;
      }
      means.push(sum / INNER.length);
    }
  }
  return decoded(means);
}

function blockMeans(image: ImageData): number[] {
  const means: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      let sum = 0;
      for (let y = 1; y < 3; y++) {
        for (let x = 1; x < 3; x++) {
          const at = ((row * 4 + y) * image.width + column * 4 + x) * 4;
          sum += image.data[at + 1] ?? 0;
        }
      }
      means.push(sum / 4);
    }
  }
  return means;
}

function decoded(means: number[]): Strip | null {
  const darkest = Math.min(...means);
  const brightest = Math.max(...means);
  if (brightest - darkest < MIN_CONTRAST) return null;
  const middle = (darkest + brightest) / 2;
  let framed = 0n;
  for (const mean of means) framed = (framed << 1n) | (mean > middle ? 1n : 0n);
  const value = framed >> 8n;
  if (BigInt(crc8(value)) !== (framed & 0xffn)) return null;
  return {
    pointNumber: Number(value >> 44n),
    counter: Number((value >> 20n) & 0xffffffn),
    madeAtMs: Number(value & 0xfffffn),
  };
}

function crc8(value: bigint): number {
  let crc = 0xff;
  for (let shift = 48n; shift >= 0n; shift -= 8n) {
    crc ^= Number((value >> shift) & 0xffn);
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

/** How old a picture is by a wall clock in milliseconds since 1970. */
export function ageMs(strip: Strip, nowMs: number): number {
  const half = TIME_MODULUS_MS / 2;
  const difference = (nowMs - strip.madeAtMs + half) % TIME_MODULUS_MS;
  return ((difference + TIME_MODULUS_MS) % TIME_MODULUS_MS) - half;
}

/** How far the counter moved between two pictures of one point. */
export function counterStep(previous: number, current: number): number {
  const half = COUNTER_MODULUS / 2;
  return ((current - previous + half + COUNTER_MODULUS) % COUNTER_MODULUS) - half;
}
