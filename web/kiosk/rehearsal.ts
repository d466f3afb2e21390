// What the screen says of a rehearsal: that it comes, that it is on, and a key to put it off. Its
// media are shown nowhere; the page only plays a tone, where the room allows one, and listens.

import { say } from "./screen";
import type { RehearsalNotice } from "./screen_type";
import { type SpeakerVerdict, trySpeaker } from "./speaker_test";
import { word } from "./words";

type Said = "refuse" | SpeakerVerdict;

/** The devices that the room plays and listens by; empty: the browser's own choice. */
export interface Through {
  speaker: string;
  microphone: string;
}

export class RehearsalScreen {
  private readonly dialog = element<HTMLDialogElement>("rehearsal");
  private notice: RehearsalNotice | null = null;
  private tried = "";

  constructor(private readonly through: () => Through) {
    element("rehearsal-refuse").addEventListener("click", () => void this.say("refuse"));
    // It ends by its time or by the key, not because somebody closes it.
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() === "l" && !event.repeat) void this.say("refuse");
    });
  }

  /** Shows what is announced or on; null: nothing. `isOpen`: the room's microphone is. */
  follow(notice: RehearsalNotice | null, isOpen: boolean, now: Date): void {
    this.notice = notice;
    if (!notice) {
      this.dialog.close();
      return;
    }
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.toggleAttribute("data-on", notice.is_on);
    say("rehearsal-title", notice.heading);
    say("rehearsal-text", notice.text);
    say("rehearsal-refuse-text", word(notice.is_on ? "rehearsal_stop" : "rehearsal_refuse"));
    this.drawTime(now);
    if (notice.is_on && notice.plays_sound && isOpen) void this.trySpeaker(notice.rehearsal_id);
  }

  /** Draws how long it still is. */
  drawTime(now: Date): void {
    if (!this.notice) return;
    const { is_on, begins_at, ends_at } = this.notice;
    const leftMs = Date.parse(is_on ? ends_at : begins_at) - now.getTime();
    const n = String(Math.max(0, Math.ceil(leftMs / 1000)));
    say("rehearsal-left", word(is_on ? "rehearsal_left" : "rehearsal_begins_in", { n }));
  }

  private async trySpeaker(id: string): Promise<void> {
    if (this.tried === id) return;
    this.tried = id;
    const { speaker, microphone } = this.through();
    await this.say(await trySpeaker(speaker, microphone));
  }

  private async say(said: Said): Promise<void> {
    if (!this.notice) return;
    const body = JSON.stringify({ rehearsal_id: this.notice.rehearsal_id, said });
    const headers = { "content-type": "application/json" };
    await fetch("/api/rehearsal", { method: "POST", headers, body }).catch(() => undefined);
  }
}

function element<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found as E;
}
