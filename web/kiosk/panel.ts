// The room's devices: what is plugged in, by name, what is used, and a try of each. Opened with a
// key or a button; whatever is chosen is used at once, also in a meeting.

import type { Capture } from "./capture";
import type { Device, DeviceKind } from "./devices";
import { isLetter, stepTo } from "./keys";
import { say } from "./screen";
import { trySpeaker } from "./speaker_test";
import { word } from "./words";

const KINDS: readonly DeviceKind[] = ["camera", "microphone", "speaker"];

export class DevicePanel {
  private readonly dialog = element<HTMLDialogElement>("devices");
  private isLive = false;

  constructor(private readonly capture: Capture) {
    element("open-devices").addEventListener("click", () => this.open());
    element("close-devices").addEventListener("click", () => this.dialog.close());
    element("test-speaker").addEventListener("click", () => void this.trySpeaker());
    this.dialog.addEventListener("close", () => this.capture.try(false));
    this.dialog.addEventListener("keydown", (event) => this.move(event));
    document.addEventListener("keydown", (event) => {
      if (isLetter(event, "t") && !element("open-devices").hidden) this.open();
    });
  }

  /** Offers itself where the room has devices of its own; says whether others see and hear. */
  offer(isOffered: boolean, isLive: boolean): void {
    element("open-devices").hidden = !isOffered;
    this.isLive = isLive;
    if (!isOffered) this.dialog.close();
    if (this.dialog.open) say("devices-note", word(isLive ? "devices_live" : "devices_test"));
  }

  /** Draws what is plugged in now. */
  draw(): void {
    if (!this.dialog.open) return;
    const { devices, chosen } = this.capture.plugged;
    for (const kind of KINDS) this.drawKind(kind, devices[kind], chosen[kind]);
  }

  private open(): void {
    if (this.dialog.open) return;
    say("test-result", "");
    this.dialog.showModal();
    this.offer(true, this.isLive);
    this.capture.try(true);
    this.draw();
    (this.dialog.querySelector<HTMLElement>("input:checked") ?? element("close-devices")).focus();
  }

  /** Arrows and OK are enough, as on a remote control: going past a camera does not open it. */
  private move(event: KeyboardEvent): void {
    const from = document.activeElement;
    if (!(from instanceof HTMLElement) || !from.matches("button, input")) return;
    if (event.key === "Enter" && from.matches("input")) from.click();
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const columns = [...this.dialog.querySelectorAll("fieldset, #close-devices")].map((one) =>
      one.matches("button") ? [one] : [...one.querySelectorAll("button, input")],
    );
    const next = stepTo<Element>(columns, from, event.key, (one) => one.matches(":checked"));
    if (next instanceof HTMLElement) next.focus();
  }

  private drawKind(kind: DeviceKind, devices: readonly Device[], chosen: Device | null): void {
    const target = this.dialog.querySelector(`[data-kind="${kind}"] .choices`);
    if (!target) return;
    const drawn = JSON.stringify([devices, chosen?.id]);
    if (target.getAttribute("data-drawn") === drawn) return;
    target.setAttribute("data-drawn", drawn);
    const hadFocus = target.contains(document.activeElement);
    target.replaceChildren(...devices.map((one, at) => this.choice(kind, one, at, chosen)));
    if (devices.length === 0) target.textContent = word("no_device");
    if (hadFocus) target.querySelector<HTMLElement>("input:checked")?.focus();
  }

  private choice(kind: DeviceKind, device: Device, at: number, chosen: Device | null): HTMLElement {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = kind;
    input.checked = device.id === chosen?.id;
    input.addEventListener("change", () => this.capture.use(kind, device));
    const name = document.createElement("span");
    name.textContent = device.name || word("device_unnamed", { number: String(at + 1) });
    label.append(input, name);
    return label;
  }

  private async trySpeaker(): Promise<void> {
    const { chosen } = this.capture.plugged;
    say("test-result", word("test_running"));
    const verdict = await trySpeaker(chosen.speaker?.id ?? "", chosen.microphone?.id ?? "");
    say("test-result", word(`test_${verdict}`));
  }
}

function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found as E;
}
