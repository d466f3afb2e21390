// The room's screen: words from the local server's event stream, pictures and sound from
// its relay by WHEP. Nothing here decides; nothing here needs a person.

import { SlotCounter, type SlotMeasure } from "./measure";
import { draw, drawTime, say } from "./screen";
import type { ScreenEvent } from "./screen_type";
import { WhepPlayer } from "./whep";
import { speak, word } from "./words";

declare global {
  interface Window {
    diemcau: { slots: Record<string, SlotMeasure>; screen: ScreenEvent | null };
  }
}

window.diemcau = { slots: {}, screen: null };
const isMeasuring = new URLSearchParams(location.search).has("measure");
let latest: ScreenEvent | null = null;
let clockOffsetMs = 0;

const wallMs = () => Date.now() + clockOffsetMs;

function video(slot: string): HTMLVideoElement | null {
  return document.querySelector<HTMLVideoElement>(`video[data-slot="${CSS.escape(slot)}"]`);
}

const counters = new Map<string, SlotCounter>();
const sounds = new Map<string, HTMLAudioElement>();

function playSound(slot: string, track: MediaStreamTrack): void {
  const player = sounds.get(slot) ?? new Audio();
  sounds.set(slot, player);
  player.srcObject = new MediaStream([track]);
  player.play().catch(() => showUnmute(true));
}

function showUnmute(isShown: boolean): void {
  const button = document.getElementById("unmute");
  if (button) button.hidden = !isShown;
}

function unmute(): void {
  for (const player of sounds.values()) void player.play().catch(() => showUnmute(true));
  showUnmute(false);
}

function playVideo(slot: string, track: MediaStreamTrack): void {
  const target = video(slot);
  if (!target) return;
  target.srcObject = new MediaStream([track]);
  void target.play().catch(() => undefined);
  if (!isMeasuring) return;
  const counter = counters.get(slot) ?? new SlotCounter(target, wallMs);
  counters.set(slot, counter);
  window.diemcau.slots[slot] = counter.found;
  counter.watch(track);
}

const player = new WhepPlayer("/whep", { video: playVideo, sound: playSound });

function listen(): void {
  const events = new EventSource("/api/events");
  events.onmessage = (message: MessageEvent<string>) => {
    const event = JSON.parse(message.data) as ScreenEvent;
    if (latest && latest.run_id !== event.run_id) player.restart();
    latest = event;
    window.diemcau.screen = event;
    clockOffsetMs = Date.parse(event.now) - Date.now();
    speak(event.language);
    draw(event);
    drawTime(event, new Date(wallMs()));
  };
  events.onerror = () => {
    document.body.toggleAttribute("data-trouble", true);
    say("trouble-fault", word("restarting"));
    say("trouble-guide", word("restarting_guide"));
    const trouble = document.getElementById("trouble");
    if (trouble) trouble.hidden = false;
  };
}

document.getElementById("unmute")?.addEventListener("click", unmute);
document.addEventListener("keydown", unmute);
speak("vi");
showUnmute(false);
const trouble = document.getElementById("trouble");
if (trouble) trouble.hidden = true;
window.setInterval(() => drawTime(latest, new Date(wallMs())), 250);
drawTime(null, new Date(wallMs()));
listen();
player.start();
