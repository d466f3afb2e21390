// Which page of so many tiles is shown.

/** The page nearest to the wanted one, and the last; the first is 0. */
export function pageOf(count: number, size: number, wanted: number): readonly [number, number] {
  const last = Math.max(0, Math.ceil(count / size) - 1);
  return [Math.min(Math.max(0, wanted), last), last];
}
