// The figures as controller/health/views/history.py gives them.

export type Series = readonly (number | null)[];
export type Span = readonly [from: number, to: number];

/** A figure of the table (monitoring/figures.py), as the axis shows it. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly mean: Series;
  readonly lowest: Series;
  readonly highest: Series;
  /** What the band is; empty for the usual one. */
  readonly band: string;
}

/** One of up to four points that are compared. */
export interface Compared {
  readonly name: string;
  readonly rtt: Series;
  readonly loss: Series;
}

/** A block of a lane: what it is called, and how it is painted. */
export type Block = readonly [from: number, to: number, title: string, kind: BlockKind];
export type BlockKind = "meeting" | "down" | "degraded";

export interface History {
  readonly from: number;
  readonly now: number;
  readonly to: number;
  readonly at: readonly number[];
  readonly samples: readonly number[];
  readonly rtt: Series;
  readonly rtt_min: Series;
  readonly rtt_max: Series;
  /** At 10, 25, 75 and 90 %; `rtt` is the median. */
  readonly rtt_bands: readonly [Series, Series, Series, Series];
  readonly loss: Series;
  readonly rx: Series;
  readonly tx: Series;
  /** Of the contracted rate; empty where none is known. */
  readonly utilisation: Series;
  /** Where a line is drawn, and what is written on it. */
  readonly contract: readonly (readonly [bps: number, label: string])[];
  readonly tests: readonly (readonly [at: number, down: number | null, up: number | null])[];
  readonly trains: readonly (readonly [at: number, bps: number])[];
  readonly outages: readonly Block[];
  readonly meetings: readonly (readonly [from: number, to: number, title: string])[];
  readonly limits: { readonly rtt_ms: number; readonly loss: number };
  readonly figures?: readonly Figure[];
  readonly compared?: readonly Compared[];
  readonly words: Readonly<Record<string, string>>;
}

/** Return the spans in which the point was down. */
export function downs(history: History): Span[] {
  return history.outages.filter((one) => one[3] === "down").map(([from, to]) => [from, to]);
}

/** Return the spans in which nothing was measured, outages left out. */
export function gaps(history: History): Span[] {
  const found: Span[] = [];
  let begin: number | null = null;
  history.at.forEach((at, i) => {
    const isEmpty = history.samples[i] === 0;
    if (isEmpty) begin ??= Math.max(at, history.from);
    else if (begin !== null) {
      found.push([begin, at]);
      begin = null;
    }
  });
  if (begin !== null) found.push([begin, Math.min(history.now, history.to)]);
  return found.flatMap((gap) => without(gap, downs(history))).filter(([a, b]) => b - a >= 60);
}

function without(gap: Span, cuts: readonly Span[]): Span[] {
  let left: Span[] = [gap];
  for (const [from, to] of cuts) {
    left = left.flatMap(([a, b]): Span[] => {
      if (to <= a || from >= b) return [[a, b]];
      const parts: Span[] = [];
      if (from > a) parts.push([a, from]);
      if (to < b) parts.push([to, b]);
      return parts;
    });
  }
  return left;
}

/** Values where the loss is above the limit (and their neighbour before), else null. */
export function lossy(history: History): (number | null)[] {
  const isBad = (i: number): boolean => (history.loss[i] ?? 0) > history.limits.loss;
  return history.rtt.map((value, i) => (isBad(i) || isBad(i + 1) ? value : null));
}
