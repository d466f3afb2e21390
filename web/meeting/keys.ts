// The console's letters, and the key that lists them.
import { areOff, isAlone, switchOff } from "../live/typing";

function press(key: string): void {
  const button = document.querySelector<HTMLElement>(`[data-key-action="${key}"]`);
  if (button && !button.matches(":disabled")) button.click();
}

function startSwitch(): void {
  const box = document.querySelector<HTMLInputElement>("[data-keys-on]");
  if (!box) return;
  box.checked = !areOff();
  box.addEventListener("change", () => switchOff(!box.checked));
}

export function startKeys(): void {
  startSwitch();
  document.addEventListener("keydown", (event) => {
    if (!isAlone(event)) return;
    if (event.key === "?") {
      const dialog = document.getElementById("keys-dialog");
      if (dialog instanceof HTMLDialogElement) dialog.showModal();
    } else if (!areOff() && /^[a-z1-9]$/i.test(event.key)) {
      press(event.key.toLowerCase());
    }
  });
}
