// The keys of a room's screen: a letter alone, and the arrows, which are all that a remote control has.

/** Whether a key is this letter, pressed once and with nothing else, while no dialog is open. */
export function isLetter(event: KeyboardEvent, letter: string): boolean {
  const isAlone = !(event.repeat || event.ctrlKey || event.altKey || event.metaKey);
  return isAlone && event.key.toLowerCase() === letter && !document.querySelector("dialog[open]");
}

/** Where an arrow leads: left and right to the next column, up and down within one; null: nowhere.
 *
 * `chosen` says what a column is entered by, so that entering one chooses nothing anew.
 */
export function stepTo<E>(
  columns: readonly (readonly E[])[],
  from: E,
  key: string,
  chosen: (one: E) => boolean,
): E | null {
  const filled = columns.filter((column) => column.length > 0);
  const at = filled.findIndex((column) => column.includes(from));
  const column = filled[at];
  if (!column) return null;
  const down = { ArrowDown: 1, ArrowUp: -1 }[key];
  if (down) return column[column.indexOf(from) + down] ?? null;
  const right = { ArrowRight: 1, ArrowLeft: -1 }[key];
  const next = right && filled[at + right];
  return (next && (next.find(chosen) ?? next[0])) || null;
}

const PRESSABLE = "#message-seen, #hand, #unmute, .page-keys button";

/** Arrows lead from one button of the page to the next; Back and Escape let go of it. */
export function startRemote(): void {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]")) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const at = document.activeElement;
    if (["Escape", "GoBack", "BrowserBack"].includes(event.key) && at instanceof HTMLElement)
      at.blur();
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const shown = [...document.querySelectorAll<HTMLElement>(PRESSABLE)].filter(
      (one) => !one.closest("[hidden]"),
    );
    event.preventDefault();
    nextOf(shown, at, step)?.focus();
  });
}

/** Which one comes after another, round the end; the first where none was marked. */
export function nextOf<E>(all: readonly E[], from: unknown, step: number): E | null {
  const at = all.indexOf(from as E);
  if (at < 0) return all[0] ?? null;
  return all[(at + step + all.length) % all.length] ?? null;
}
