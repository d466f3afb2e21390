// Letters act outside fields only, and not where the person has switched them off.

const STORE = "diemcau-letters-off";

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=radio]), textarea, select");
}

function isOff(): boolean {
  return localStorage.getItem(STORE) === "1";
}

function press(key: string): void {
  const button = document.querySelector<HTMLButtonElement>(`[data-key-action="${key}"]`);
  if (button && !button.disabled) button.click();
}

function startSwitch(): void {
  const box = document.querySelector<HTMLInputElement>("[data-keys-on]");
  if (!box) return;
  box.checked = !isOff();
  box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "0" : "1"));
}

export function startKeys(): void {
  startSwitch();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      const dialog = document.getElementById("keys-dialog");
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
    } else if (!isOff() && /^[a-z]$/i.test(event.key)) {
      press(event.key.toLowerCase());
    }
  });
}
