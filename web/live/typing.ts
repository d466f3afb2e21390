// Single keys act outside fields only, and not where the person has switched them off.

const STORE = "diemcau-letters-off";

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=radio]), textarea, select");
}

/** Whether a key was pressed by itself, by somebody who is neither typing nor in a dialog. */
export function isAlone(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return false;
  return !isField(event.target) && document.querySelector("dialog[open]") === null;
}

export function areOff(): boolean {
  return localStorage.getItem(STORE) === "1";
}

export function switchOff(isOff: boolean): void {
  localStorage.setItem(STORE, isOff ? "1" : "0");
}
