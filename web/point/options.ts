// The charts of one point on one axis: round trip, loss, bandwidth, and any figure.
import uPlot from "uplot";
import { type Block, type Figure, type History, type Series, lossy } from "./data";
import { type Palette, paintBlocks, paintFront, paintGround, paintLimit } from "./paint";

const GUTTER = 52;
/** From here on the axis names days, not hours. */
const DAYS_FROM_S = 3 * 86_400;
const ZONE = "Asia/Ho_Chi_Minh";

export interface Chart {
  readonly options: Omit<uPlot.Options, "width">;
  readonly data: uPlot.AlignedData;
}

function axes(
  history: History,
  colours: Palette,
  hasTimes: boolean,
  unit: (value: number) => string,
): uPlot.Axis[] {
  const named = history.to - history.from > DAYS_FROM_S ? day : hour;
  const font = '400 12px "Inter Variable", sans-serif';
  const common = { stroke: colours.text2, font, ticks: { show: false } };
  return [
    {
      ...common,
      grid: { stroke: colours.line, width: 1 },
      size: hasTimes ? 28 : 8,
      space: 70,
      values: (_plot, splits) => (hasTimes ? splits.map(named) : splits.map(() => "")),
    },
    {
      ...common,
      grid: { stroke: colours.line, width: 1 },
      size: GUTTER,
      space: 34,
      values: (_plot, splits) => splits.map(unit),
    },
  ];
}

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
});

const calendar = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  day: "2-digit",
  month: "2-digit",
});

function day(at: number): string {
  return calendar.format(new Date(at * 1000));
}

function hour(at: number): string {
  return clock.format(new Date(at * 1000));
}

function common(history: History, colours: Palette, isFirst: boolean): Partial<uPlot.Options> {
  return {
    tzDate: (at) => uPlot.tzDate(new Date(at * 1000), ZONE),
    legend: { show: false },
    cursor: { sync: { key: "history" }, y: false, drag: { x: false, y: false } },
    padding: [8, 8, 0, 0],
    hooks: {
      drawClear: [(plot) => paintGround(plot, history, colours, isFirst)],
      draw: [(plot) => paintFront(plot, history, colours, isFirst)],
    },
  };
}

function times(history: History): uPlot.Scale {
  return { time: true, range: () => [history.from, history.to] };
}

/** Never an axis so short that noise looks like a mountain; a tenth of room on top. */
function upTo(least: number): uPlot.Range.Function {
  return (_plot, min, max) => [Math.min(0, min ?? 0), Math.max(least, (max ?? 0) * 1.1)];
}

export function roundTrip(history: History, colours: Palette): Chart {
  const base = common(history, colours, true);
  const limit = (plot: uPlot): void =>
    paintLimit(plot, history.limits.rtt_ms, history.words.limit ?? "", colours.warnText);
  return {
    options: {
      ...base,
      height: 196,
      hooks: { ...base.hooks, draw: [...(base.hooks?.draw ?? []), limit] },
      scales: { x: times(history), y: { range: upTo(20) } },
      axes: axes(history, colours, false, (value) => String(value)),
      bands: [
        { series: [6, 1], fill: withAlpha(colours.accent, 0.14) },
        { series: [5, 2], fill: withAlpha(colours.accent, 0.2) },
        { series: [4, 3], fill: withAlpha(colours.accent, 0.3) },
      ],
      series: [
        {},
        ...[1, 2, 3, 4, 5, 6].map(() => ({ width: 0, points: { show: false } })),
        { stroke: colours.accent, width: 2, points: { size: 3 } },
        { stroke: colours.bad, width: 3, dash: [4, 3], points: { show: false } },
      ],
    } as Omit<uPlot.Options, "width">,
    data: [
      [...history.at],
      ...[history.rtt_min, ...history.rtt_bands, history.rtt_max, history.rtt].map((one) => [
        ...one,
      ]),
      lossy(history),
    ],
  };
}

/** Any figure: its mean in the band from lowest to highest, or the highest where only that is kept. */
export function figure(history: History, one: Figure, colours: Palette, isLast: boolean): Chart {
  const line = one.mean.some((value) => value !== null) ? one.mean : one.highest;
  const edge = { stroke: withAlpha(colours.accent, 0.4), width: 0.5, points: { show: false } };
  const isWhole = one.title.endsWith("(%)");
  return {
    options: {
      ...common(history, colours, false),
      height: isLast ? 124 : 104,
      scales: { x: times(history), y: { range: upTo(isWhole ? 10 : 1) } },
      axes: axes(history, colours, isLast, (value) => value.toLocaleString("vi-VN")),
      bands: [{ series: [2, 1], fill: withAlpha(colours.accent, 0.28) }],
      series: [{}, edge, edge, { stroke: colours.accent, width: 2, points: { size: 3 } }],
    } as Omit<uPlot.Options, "width">,
    data: [[...history.at], [...one.lowest], [...one.highest], [...line]],
  };
}

export function loss(history: History, colours: Palette): Chart {
  return strip(history, history.loss, colours, colours.bad, 5);
}

/** What the busier direction took of the contracted rate. */
export function utilisation(history: History, colours: Palette): Chart {
  return strip(history, history.utilisation, colours, colours.text3, 10);
}

/** A line for each of up to four points, told apart by their dashes. */
export function lines(
  history: History,
  all: readonly Series[],
  colours: Palette,
  { height, least, times: factor }: { height: number; least: number; times: number },
): Chart {
  const looks = [
    { stroke: colours.accent, width: 2 },
    { stroke: colours.text2, width: 2, dash: [8, 4] },
    { stroke: colours.warn, width: 2, dash: [2, 3] },
    { stroke: colours.text3, width: 2, dash: [12, 3, 2, 3] },
  ];
  return {
    options: {
      ...common(history, colours, factor === 1),
      height,
      scales: { x: times(history), y: { range: upTo(least) } },
      axes: axes(history, colours, factor !== 1, (value) => value.toLocaleString("vi-VN")),
      series: [{}, ...all.map((_one, i) => ({ ...looks[i], points: { size: 3 } }))],
    } as Omit<uPlot.Options, "width">,
    data: [
      [...history.at],
      ...all.map((one) => one.map((value) => (value === null ? null : value * factor))),
    ],
  };
}

/** Ratios as bars from 0 on, in percent. */
function strip(
  history: History,
  ratios: Series,
  colours: Palette,
  colour: string,
  least: number,
): Chart {
  const percent = ratios.map((value) => (value === null ? null : value * 100));
  const bars = uPlot.paths.bars?.({ size: [0.9, 20] });
  return {
    options: {
      ...common(history, colours, false),
      height: 64,
      scales: { x: times(history), y: { range: upTo(least) } },
      axes: axes(history, colours, false, (value) => String(value)),
      series: [
        {},
        {
          stroke: colour,
          fill: colour,
          width: 0,
          points: { show: false },
          ...(bars ? { paths: bars } : {}),
        },
      ],
    } as Omit<uPlot.Options, "width">,
    data: [[...history.at], percent],
  };
}

export function bandwidth(history: History, colours: Palette): Chart {
  const mega = (values: readonly (number | null)[]): (number | null)[] =>
    values.map((value) => (value === null ? null : value / 1e6));
  const base = common(history, colours, false);
  const limit = (plot: uPlot): void => {
    for (const [bps, label] of history.contract) paintLimit(plot, bps / 1e6, label, colours.text2);
  };
  return {
    options: {
      ...base,
      hooks: { ...base.hooks, draw: [...(base.hooks?.draw ?? []), limit] },
      height: 124,
      scales: { x: times(history), y: { range: upTo(0.1) } },
      axes: axes(history, colours, true, (value) => value.toLocaleString("vi-VN")),
      series: [
        {},
        { stroke: colours.accent, width: 2, points: { size: 3 } },
        { stroke: colours.text3, width: 1.5, dash: [5, 3], points: { size: 3 } },
        {
          stroke: colours.warn,
          fill: colours.warn,
          paths: () => null,
          points: { show: true, size: 7, fill: colours.warn },
        },
        ...[colours.accent, colours.canvas].map((fill) => ({
          stroke: colours.accent,
          paths: () => null,
          points: { show: true, size: 9, width: 2, fill, stroke: colours.accent },
        })),
      ],
    } as Omit<uPlot.Options, "width">,
    data: joined(history, mega(history.rx), mega(history.tx)),
  };
}

/** A lane without figures: blocks with their names, on the same axis. */
export function lane(history: History, blocks: readonly Block[], colours: Palette): Chart {
  const base = common(history, colours, false);
  const paint = (plot: uPlot): void => paintBlocks(plot, blocks, colours);
  const [times_, values] = axes(history, colours, false, () => "");
  return {
    options: {
      ...base,
      height: 44,
      hooks: { ...base.hooks, draw: [paint, ...(base.hooks?.draw ?? [])] },
      scales: { x: times(history), y: { range: () => [0, 1] } },
      axes: [times_, { ...values, grid: { show: false } }],
      series: [{}, { points: { show: false } }],
    } as Omit<uPlot.Options, "width">,
    data: [[...history.at], history.at.map(() => null)],
  };
}

/** Trains and tests run at moments of their own: one axis holds both, undefined where not asked. */
function joined(history: History, rx: (number | null)[], tx: (number | null)[]): uPlot.AlignedData {
  const trains: uPlot.AlignedData = [
    history.trains.map(([at]) => at),
    history.trains.map(([, bps]) => bps / 1e6),
  ];
  const mega = (bps: number | null): number | null => (bps === null ? null : bps / 1e6);
  const tests: uPlot.AlignedData = [
    history.tests.map(([at]) => at),
    history.tests.map(([, down]) => mega(down)),
    history.tests.map(([, , up]) => mega(up)),
  ];
  return uPlot.join([[[...history.at], rx, tx], trains, tests]);
}

function withAlpha(colour: string, alpha: number): string {
  const value = Number.parseInt(colour.slice(1), 16);
  return `rgb(${value >> 16} ${(value >> 8) & 255} ${value & 255} / ${alpha})`;
}
