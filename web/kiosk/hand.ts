// The room asks for the floor, and asks no more, by one button: a letter, or OK of a remote control.

import { isLetter } from "./keys";
import { say } from "./screen";
import type { HandNotice } from "./screen_type";
import { word } from "./words";

export class RoomHand {
  private isUp = false;
  private isSending = false;
  private refused = "";

  constructor() {
    this.button.addEventListener("click", () => void this.press());
    document.addEventListener("keydown", (event) => {
      if (isLetter(event, "x") && !this.box.hidden) void this.press();
    });
  }

  /** Draws how the room stands in the queue; null: it has nothing to ask for. */
  draw(notice: HandNotice | null): void {
    const wasHidden = this.box.hidden;
    this.box.hidden = notice === null;
    if (!notice) {
      this.refused = "";
      return;
    }
    this.isUp = notice.is_up;
    this.box.toggleAttribute("data-up", notice.is_up);
    say("hand-button", notice.button);
    if (notice.text) this.refused = "";
    say("hand-text", notice.text || this.refused);
    // A remote control's OK presses what is marked; nothing else is pressed more often.
    if (wasHidden && isFree()) this.button.focus();
  }

  private get box(): HTMLElement {
    return document.getElementById("hand-box") as HTMLElement;
  }

  private get button(): HTMLButtonElement {
    return document.getElementById("hand") as HTMLButtonElement;
  }

  private async press(): Promise<void> {
    if (this.isSending || this.box.hidden) return;
    this.isSending = true;
    this.refused = "";
    try {
      const body = JSON.stringify({ is_up: !this.isUp });
      const headers = { "content-type": "application/json" };
      const answer = await fetch("/api/hand", { method: "POST", headers, body });
      if (!answer.ok) this.refused = await sentence(answer);
    } catch {
      this.refused = word("hand_unheard");
    } finally {
      this.isSending = false;
    }
    if (this.refused) say("hand-text", this.refused);
  }
}

function isFree(): boolean {
  const { activeElement } = document;
  const isOnNothing = activeElement === null || activeElement === document.body;
  return isOnNothing && !document.querySelector("dialog[open]");
}

async function sentence(answer: Response): Promise<string> {
  try {
    const { error } = (await answer.json()) as {
      error: { message_vi: string; message_en: string };
    };
    return document.documentElement.lang === "en" ? error.message_en : error.message_vi;
  } catch {
    return word("hand_unheard");
  }
}
