// The room's screen: words from the local server's event stream, pictures and sound from its
// relay by WHEP, camera and microphone to it by WHIP. Nothing here decides; nothing here needs
// a person.

import { KeptSession } from "../webrtc/kept";
import { EVERY_MS, PlayedFigures } from "../webrtc/played";
import { play } from "../webrtc/whep";
import { Capture, type CaptureState } from "./capture";
import { encodable } from "./encodable";
import { RoomHand } from "./hand";
import { startRemote } from "./keys";
import { LevelMeter } from "./level";
import { SlotCounter, type SlotMeasure } from "./measure";
import { RoomMessage } from "./message";
import { DevicePanel } from "./panel";
import { RehearsalScreen } from "./rehearsal";
import { RoomShare } from "./share";
import { draw, drawLevel, drawTime, say } from "./screen";
import type { ScreenEvent } from "./screen_type";
import { speak, word } from "./words";

declare global {
  interface Window {
    diemcau: { slots: Record<string, SlotMeasure>; screen: ScreenEvent | null };
  }
}

window.diemcau = { slots: {}, screen: null };
// The room's server comes back within a few seconds, or nobody is left to say that a meeting is on.
const UNTOLD_MS = 10_000;
const asked = new URLSearchParams(location.search);
const isMeasuring = asked.has("measure");
// Somebody who looks in beside the room's own page: it is the one that has the devices.
const isWatching = asked.has("watch");
let latest: ScreenEvent | null = null;
let clockOffsetMs = 0;
let untold = 0;

const wallMs = () => Date.now() + clockOffsetMs;

function video(slot: string): HTMLVideoElement | null {
  return document.querySelector<HTMLVideoElement>(`video[data-slot="${CSS.escape(slot)}"]`);
}

const counters = new Map<string, SlotCounter>();
const sounds = new Map<string, HTMLAudioElement>();

function playSound(slot: string, track: MediaStreamTrack): void {
  const sound = sounds.get(slot) ?? new Audio();
  sounds.set(slot, sound);
  hearFrom(sound);
  sound.srcObject = new MediaStream([track]);
  sound.play().catch(() => showUnmute(true));
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

// A room that captures sees itself at once and from here, not by way of the relay.
const sessions = {
  drawn: new KeptSession(() => playSlots(4)),
  captured: new KeptSession(() => playSlots(3)),
};
let player: KeptSession | null = null;

// The names of the streams, in which a picture and its sound are kept together.
const SOUNDS: Record<string, string> = {
  stage: "sound-0",
  speaker: "sound-1",
  content: "sound-content",
};
let played = new PlayedFigures();
let playing: RTCPeerConnection | null = null;

async function playSlots(videos: number) {
  const door = { url: "/whep" };
  const figures = new PlayedFigures();
  const session = await play(door, { video: videos, audio: 4 }, (track, _, slot) => {
    const isVideo = track.kind === "video";
    if (isVideo) playVideo(slot, track);
    else playSound(slot, track);
    figures.named(track, isVideo ? slot : (SOUNDS[slot] ?? slot));
  });
  playing = session.peer;
  played = figures;
  return session;
}

/** Tells the room's server what was really seen and heard. */
async function tellPlayed(): Promise<void> {
  if (isWatching || playing?.connectionState !== "connected") return;
  const slots = await played.read(playing);
  if (slots.length === 0) return;
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ slots }) };
  await fetch("/api/played", init).catch(() => undefined);
}

/** Tells every ten seconds of the clock, so that what is told is of one minute. */
function tellAtWholes(): void {
  const left = EVERY_MS - (wallMs() % EVERY_MS);
  const wait = left < EVERY_MS / 2 ? left + EVERY_MS : left;
  window.setTimeout(() => {
    void tellPlayed();
    tellAtWholes();
  }, wait);
}

const level = new LevelMeter();
let speakerId = "";
let devices: CaptureState | null = null;
const codecs = encodable();
const capture = new Capture(async () => ({ url: "/whip" }), {
  changed: (state) => {
    devices = state;
    if (latest) draw(latest, devices);
    panel.draw();
    void tell();
  },
  ownPicture: (track) => {
    for (const shown of [video("own"), document.querySelector<HTMLVideoElement>("#test-picture")]) {
      if (!shown) continue;
      shown.srcObject = track && new MediaStream([track]);
      if (track) void shown.play().catch(() => undefined);
    }
  },
  ownSound: (track) => level.follow(track),
  speaker: (id) => {
    speakerId = id;
    for (const one of sounds.values()) hearFrom(one);
  },
});

const panel = new DevicePanel(capture);
const content = new RoomShare(capture);
const officeSays = new RoomMessage();
const hand = new RoomHand();
const rehearsal = new RehearsalScreen(() => ({
  speaker: capture.plugged.chosen.speaker?.id ?? "",
  microphone: capture.plugged.chosen.microphone?.id ?? "",
}));

/** Tells the room's server what is open, and what this browser can encode. */
async function tell(): Promise<void> {
  const known = await codecs;
  const body = JSON.stringify({ ...devices, codecs: known });
  if (isWatching) return;
  const headers = { "content-type": "application/json" };
  await fetch("/api/devices", { method: "POST", headers, body }).catch(() => undefined);
}

/** Plays through the chosen loudspeaker, where the browser lets a page choose. */
function hearFrom(one: HTMLAudioElement): void {
  if (one.sinkId !== speakerId) void one.setSinkId?.(speakerId).catch(() => undefined);
}

/** Follows the event that the local server sent. */
function follow(event: ScreenEvent): void {
  const wish = isWatching ? "none" : event.capture;
  const wanted = wish === "none" ? sessions.drawn : sessions.captured;
  const isAnother = latest !== null && latest.run_id !== event.run_id;
  if (latest?.run_id !== event.run_id) void tell();
  if (wanted !== player) player?.stop();
  if (wanted !== player || isAnother) wanted.restart();
  player = wanted;
  capture.send(event.sizes);
  capture.want(wish === "open");
  panel.offer(wish !== "none", wish === "open");
  content.offer(wish === "open" && event.may_share, event.shares_ended);
  if (isAnother) capture.restart();
  const isOpen = wish === "open" && devices?.microphone.state === "open";
  rehearsal.follow(event.screen.rehearsal, isOpen, new Date(wallMs()));
}

function listen(): void {
  const events = new EventSource("/api/events");
  events.onmessage = (message: MessageEvent<string>) => {
    const event = JSON.parse(message.data) as ScreenEvent;
    window.clearTimeout(untold);
    untold = window.setTimeout(() => {
      capture.want(false);
      content.offer(false);
    }, UNTOLD_MS);
    follow(event);
    latest = event;
    window.diemcau.screen = event;
    clockOffsetMs = Date.parse(event.now) - Date.now();
    speak(event.language);
    draw(event, devices);
    officeSays.draw(event.screen);
    hand.draw(event.screen.hand);
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
startRemote();
speak("vi");
showUnmute(false);
const trouble = document.getElementById("trouble");
if (trouble) trouble.hidden = true;
window.setInterval(() => {
  drawTime(latest, new Date(wallMs()));
  rehearsal.drawTime(new Date(wallMs()));
}, 250);
tellAtWholes();
window.setInterval(() => drawLevel(level.read()), 100);
drawTime(null, new Date(wallMs()));
listen();
