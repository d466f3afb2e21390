// Where something stands on the map, and where a key leads from there.

const STEP = 10;

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export function clamped(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}

/** Where an arrow key leads from a spot; null: it is none. */
export function stepped(spot: Spot, key: string, isFine: boolean): Spot | null {
  const step = isFine ? 1 : STEP;
  const by = {
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  }[key];
  return by ? { x: spot.x + (by[0] ?? 0), y: spot.y + (by[1] ?? 0) } : null;
}

export function spotOf(node: Element): Spot {
  const [x, y] = (node.getAttribute("transform") ?? "").match(/-?[\d.]+/g) ?? [];
  return { x: Number(x ?? 0), y: Number(y ?? 0) };
}
