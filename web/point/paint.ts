// Grounds of the charts: outages grey, missing data hatched, what lies ahead, the hour now.
import type uPlot from "uplot";
import { type Block, type BlockKind, type History, type Span, downs, gaps } from "./data";

export interface Palette {
  readonly accent: string;
  readonly soft: string;
  readonly sunken: string;
  readonly canvas: string;
  readonly line: string;
  readonly strong: string;
  readonly text2: string;
  readonly text3: string;
  readonly bad: string;
  readonly onAccent: string;
  readonly warn: string;
  readonly warnText: string;
}

export function palette(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    accent: of("accent"),
    soft: of("accent-soft"),
    sunken: of("sunken"),
    canvas: of("canvas"),
    line: of("line"),
    strong: of("line-strong"),
    text2: of("text-2"),
    text3: of("text-3"),
    bad: of("bad"),
    onAccent: of("on-accent"),
    warn: of("warn"),
    warnText: of("warn-text"),
  };
}

function hatch(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8 * devicePixelRatio;
  const pen = tile.getContext("2d");
  if (pen === null) return colour;
  pen.scale(devicePixelRatio, devicePixelRatio);
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const offset of [-4, 0, 4, 8]) {
    pen.moveTo(offset - 4, 8);
    pen.lineTo(offset + 8, -4);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? colour;
}

function box(plot: uPlot, span: Span): [x: number, width: number] {
  const left = plot.valToPos(span[0], "x", true);
  const right = plot.valToPos(span[1], "x", true);
  const begin = Math.max(left, plot.bbox.left);
  const end = Math.min(right, plot.bbox.left + plot.bbox.width);
  return [begin, end - begin];
}

function label(plot: uPlot, text: string, x: number, width: number, colour: string): void {
  const { ctx, bbox } = plot;
  const size = 12 * devicePixelRatio;
  if (width < size * 1.4) return;
  ctx.save();
  ctx.font = `400 ${size}px "Inter Variable", sans-serif`;
  ctx.fillStyle = colour;
  ctx.textBaseline = "middle";
  const isWide = ctx.measureText(text).width + size < width;
  ctx.translate(x + width / 2, bbox.top + (isWide ? size : bbox.height - size / 2));
  if (!isWide) ctx.rotate(-Math.PI / 2);
  ctx.textAlign = isWide ? "center" : "left";
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

/** Paint what lies under the lines; texts only where there is room for them. */
export function paintGround(
  plot: uPlot,
  history: History,
  colours: Palette,
  isFirst: boolean,
): void {
  const { ctx, bbox } = plot;
  ctx.save();
  const pattern = hatch(ctx, colours.strong);
  for (const gap of gaps(history)) {
    const [x, width] = box(plot, gap);
    if (width <= 0) continue;
    ctx.fillStyle = pattern;
    ctx.globalAlpha = 0.5;
    ctx.fillRect(x, bbox.top, width, bbox.height);
    ctx.globalAlpha = 1;
    const free = besideNow(plot, history, x, width);
    if (isFirst) backed(plot, history.words.none ?? "", x, free, colours);
  }
  for (const outage of downs(history)) {
    const [x, width] = box(plot, outage);
    ctx.fillStyle = colours.line;
    ctx.fillRect(x, bbox.top, Math.max(width, 2 * devicePixelRatio), bbox.height);
    const free = besideNow(plot, history, x, width);
    if (isFirst) label(plot, history.words.down ?? "", x, free, colours.text2);
  }
  const [ahead, length] = box(plot, [Math.min(history.now, history.to), history.to]);
  ctx.fillStyle = colours.canvas;
  ctx.fillRect(ahead, bbox.top, length, bbox.height);
  ctx.restore();
}

/** A text on the hatch, on a ground of its own so that it can be read. */
function backed(plot: uPlot, text: string, x: number, width: number, colours: Palette): void {
  const { ctx, bbox } = plot;
  const size = 12 * devicePixelRatio;
  ctx.save();
  ctx.font = `400 ${size}px "Inter Variable", sans-serif`;
  const length = ctx.measureText(text).width + size;
  if (length < width) {
    ctx.fillStyle = colours.canvas;
    ctx.fillRect(x + width / 2 - length / 2, bbox.top + size * 0.2, length, size * 1.6);
  } else if (width > size * 1.4) {
    ctx.fillStyle = colours.canvas;
    ctx.fillRect(x + width / 2 - size * 0.8, bbox.top + bbox.height - length, size * 1.6, length);
  }
  ctx.restore();
  label(plot, text, x, width, colours.text2);
}

/** Paint what lies over the lines: the hour now, and meetings along the foot. */
export function paintFront(
  plot: uPlot,
  history: History,
  colours: Palette,
  isFirst: boolean,
): void {
  const { ctx, bbox } = plot;
  if (history.now > history.to) return;
  const x = plot.valToPos(history.now, "x", true);
  ctx.save();
  ctx.strokeStyle = colours.text2;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
  if (!isFirst) return;
  const [begin, width] = nowBox(plot, history);
  backed(plot, history.words.now ?? "", begin, width, colours);
}

/** Where "now" is written: after its line, or before it where a small screen has no room there. */
export function nowBox(plot: uPlot, history: History): Span {
  const wanted = 64 * devicePixelRatio;
  const x = plot.valToPos(history.now, "x", true);
  const room = plot.bbox.left + plot.bbox.width - x;
  return [room > wanted ? x : x - wanted, wanted];
}

/** How much of a box is left beside what is written at "now". */
export function besideNow(plot: uPlot, history: History, x: number, width: number): number {
  if (history.now > history.to) return width;
  const [begin, length] = nowBox(plot, history);
  return x < begin + length && x + width > begin ? Math.max(0, begin - x) : width;
}

/** Paint a dashed limit with its name. */
export function paintLimit(plot: uPlot, value: number, text: string, colour: string): void {
  const { ctx, bbox } = plot;
  const max = plot.scales.y?.max ?? 0;
  if (value > max) return;
  const y = plot.valToPos(value, "y", true);
  const size = 12 * devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `400 ${size}px "Inter Variable", sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.fillText(text, bbox.left + 6 * devicePixelRatio, y + size * 1.3);
  ctx.restore();
}

/** Paint blocks of a lane with their names: inside, else beside it, else shortened. */
export function paintBlocks(plot: uPlot, all: readonly Block[], colours: Palette): void {
  const { ctx, bbox } = plot;
  const size = 12 * devicePixelRatio;
  const fills: Record<BlockKind, string> = {
    meeting: colours.accent,
    down: colours.bad,
    degraded: colours.warn,
  };
  const blocks = all
    .map(([from, to, title, kind]) => ({ title, kind, box: box(plot, [from, to]) }))
    .filter((block) => block.box[1] > 0)
    .sort((a, b) => a.box[0] - b.box[0]);
  ctx.save();
  ctx.font = `400 ${size}px "Inter Variable", sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  let taken = bbox.left;
  blocks.forEach(({ title, kind, box: [x, width] }, i) => {
    ctx.fillStyle = fills[kind];
    const shown = Math.max(width, 2 * devicePixelRatio);
    ctx.fillRect(x, bbox.top + bbox.height * 0.2, shown, bbox.height * 0.6);
    const room = { begin: taken, end: blocks[i + 1]?.box[0] ?? bbox.left + bbox.width };
    taken = Math.max(taken, paintName(ctx, title, [x, width], room, size, colours, bbox));
  });
  ctx.restore();
}

/** Paint a block's name where there is room; return up to where the lane is taken then. */
function paintName(
  ctx: CanvasRenderingContext2D,
  title: string,
  [x, width]: [number, number],
  room: { begin: number; end: number },
  size: number,
  colours: Palette,
  bbox: uPlot.BBox,
): number {
  const y = bbox.top + bbox.height / 2;
  const [text, gap, end] = [ctx.measureText(title).width, size / 2, x + width];
  ctx.fillStyle = colours.text2;
  if (text + 2 * gap > width && end + gap + text < room.end) {
    ctx.fillText(title, end + gap, y);
    return end + gap + text + gap;
  }
  if (text + 2 * gap > width && x - gap - text > room.begin) {
    ctx.fillText(title, x - gap - text, y);
    return end;
  }
  ctx.fillStyle = colours.onAccent;
  ctx.fillText(shortened(ctx, title, width - 2 * gap), x + gap, y);
  return end;
}

function shortened(ctx: CanvasRenderingContext2D, text: string, width: number): string {
  if (ctx.measureText(text).width <= width) return text;
  let kept = text;
  while (kept !== "" && ctx.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return kept === "" ? "" : `${kept.trimEnd()}…`;
}
