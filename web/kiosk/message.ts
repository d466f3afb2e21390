// What the office says to this room: over the pictures until its time is over or OK is pressed.

import { say } from "./screen";
import type { Screen } from "./screen_type";

export class RoomMessage {
  /** Which message somebody here has seen; another one is shown again. */
  private seen = "";
  private shown = "";

  constructor() {
    this.button.addEventListener("click", () => this.see());
  }

  draw({ message, message_ends_at }: Pick<Screen, "message" | "message_ends_at">): void {
    const which = message && `${message_ends_at} ${message}`;
    const isNew = which !== this.shown;
    this.shown = which;
    this.box.hidden = which === "" || which === this.seen;
    if (this.box.hidden) return;
    say("message-text", message);
    // A remote control's OK presses what is marked.
    if (isNew && !document.querySelector("dialog[open]")) this.button.focus();
  }

  private get box(): HTMLElement {
    return document.getElementById("message") as HTMLElement;
  }

  private get button(): HTMLButtonElement {
    return document.getElementById("message-seen") as HTMLButtonElement;
  }

  private see(): void {
    this.seen = this.shown;
    this.box.hidden = true;
  }
}
