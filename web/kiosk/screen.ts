// Draws what the local server says: words and which parts are shown. Pictures are pictures.ts.

import type { CaptureState, Opened } from "./capture";
import { short } from "./names";
import type { MeetingLines, Screen, ScreenEvent } from "./screen_type";
import { type Word, word } from "./words";

const ZONE = "Asia/Ho_Chi_Minh";
const minutes = new Intl.DateTimeFormat("vi-VN", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
});
const seconds = new Intl.DateTimeFormat("vi-VN", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const DAY = { weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" } as const;
const days = {
  vi: new Intl.DateTimeFormat("vi-VN", { timeZone: ZONE, ...DAY }),
  en: new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...DAY }),
};

/** A day in the screen's language: Thứ Hai 02/03/2026. */
function dayOf(instant: Date): string {
  const text = days[document.documentElement.lang === "en" ? "en" : "vi"].format(instant);
  return text.replace(",", "");
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found;
}

export function say(id: string, text: string): void {
  const target = element(id);
  if (target.textContent !== text) target.textContent = text;
}

function show(id: string, isShown: boolean): void {
  element(id).hidden = !isShown;
}

/** Draws everything that an event from the server decides. */
export function draw(event: ScreenEvent, devices: CaptureState | null): void {
  const { screen } = event;
  const { body } = document;
  body.dataset.kind = screen.kind;
  body.dataset.link = screen.link;
  body.toggleAttribute("data-floor", screen.has_floor);
  body.toggleAttribute("data-stage-speaking", screen.is_stage_speaking);
  say("point-name", event.point_name);
  drawTrouble(screen, event.capture === "open" && devices ? missing(devices) : "");
  drawMicrophone(screen);
  say("link", screen.link_text);
  say("recorded", screen.recorded);
  say("caption-stage", short(screen.stage_caption));
  say("caption-speaker", short(screen.speaker_caption));
  say("caption-own", screen.own_caption);
  say("beside-title", screen.meeting?.title ?? "");
  say("beside-note", event.point_name);
  say("empty-stage", withheld(screen, "stage") || word(emptyStage(event)));
  say("empty-speaker", withheld(screen, "speaker") || word(emptySpeaker(event)));
  body.toggleAttribute("data-content", event.filled.includes("content"));
  for (const slot of ["content", "stage", "speaker", "own"]) {
    element(`tile-${slot}`).toggleAttribute("data-empty", !event.filled.includes(slot));
  }
}

/** Why a picture that there is does not come to this room; empty where nobody holds it back. */
function withheld({ withheld, withheld_why }: Screen, slot: string): string {
  return withheld.includes(slot) ? withheld_why : "";
}

function emptyStage({ screen, only_sound }: ScreenEvent): Word {
  if (only_sound.includes("stage")) return "only_sound";
  return screen.link === "good" ? "no_picture" : "picture_awaited_from_centre";
}

function emptySpeaker({ screen, only_sound }: ScreenEvent): Word {
  if (only_sound.includes("speaker")) return "only_sound";
  return screen.speaker_caption ? "picture_awaited" : "nobody_speaks";
}

/** What is missing of camera and microphone, in a sentence; empty while both are open. */
function missing({ camera, microphone }: CaptureState): string {
  const sentences = [missingOf("microphone", microphone), missingOf("camera", camera)];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function missingOf(input: "camera" | "microphone", { state, name }: Opened): string {
  if (state === "open" || state === "closed") return "";
  return word(`${input}_${state}`, { name });
}

/** Draws how loud the room's microphone is; null: it is closed. */
export function drawLevel(share: number | null): void {
  show("level", share !== null);
  for (const bar of ["level-bar", "test-level"])
    element(bar).style.inlineSize = `${Math.round((share ?? 0) * 100)}%`;
}

function drawTrouble(screen: Screen, devices: string): void {
  const lost = screen.lost_since
    ? word("lost_since", { time: seconds.format(new Date(screen.lost_since)) })
    : "";
  const fault = screen.fault || lost || devices;
  document.body.toggleAttribute("data-trouble", fault !== "");
  show("trouble", fault !== "");
  say("trouble-fault", fault);
  say("trouble-guide", screen.guide ? word("to_do", { guide: lowered(screen.guide) }) : "");
}

function lowered(sentence: string): string {
  return sentence.charAt(0).toLocaleLowerCase("vi") + sentence.slice(1);
}

function drawMicrophone(screen: Screen): void {
  const { microphone } = screen;
  element("mic").toggleAttribute("data-open", microphone.is_open);
  element("mic-icon").setAttribute("href", microphone.is_open ? "#mic" : "#mic-off");
  say("mic-text", microphone.text);
  say("mic-meaning", microphone.meaning);
}

/** Draws what moves by itself: the clock, the countdown, the time spoken. */
export function drawTime(event: ScreenEvent | null, now: Date): void {
  for (const place of ["top", "beside", "state"]) say(`clock-${place}`, minutes.format(now));
  say("date", capitalized(dayOf(now)));
  if (!event) return;
  drawNext(event.screen, now);
  const spoken = speechOf(event, now.getTime());
  say("spoken-time", spoken.time);
  say("spoken-note", spoken.note);
  element("spoken").dataset.speech = spoken.state;
}

const WARN_S = 30;

/** What the screen of who speaks says of the time: counting down, or up where there is none. */
export function speechOf(
  { screen, floor_since }: Pick<ScreenEvent, "screen" | "floor_since">,
  nowMs: number,
): { time: string; note: string; state: "" | "soon" | "over" } {
  if (!screen.speech_ends_at) {
    const spokenS = floor_since ? (nowMs - Date.parse(floor_since)) / 1000 : 0;
    return { time: duration(spokenS), note: word("spoken"), state: "" };
  }
  const leftS = Math.ceil((Date.parse(screen.speech_ends_at) - nowMs) / 1000);
  if (leftS > WARN_S) return { time: duration(leftS), note: word("speech_left"), state: "" };
  if (leftS > 0) {
    const time = word("speech_soon", { n: String(leftS) });
    return { time, note: word("speech_soon_note"), state: "soon" };
  }
  return { time: `+${duration(-leftS)}`, note: word("speech_over"), state: "over" };
}

function drawNext(screen: Screen, now: Date): void {
  const { meeting } = screen;
  if (!meeting) {
    say("next-when", "");
    say("next-title", word("no_meeting"));
    say("next-note", word("no_meeting_note"));
    show("countdown", false);
    return;
  }
  const begins = new Date(meeting.begins_at);
  const isToday = dayOf(begins) === dayOf(now);
  const when = isToday ? minutes.format(begins) : `${minutes.format(begins)}, ${dayOf(begins)}`;
  say("next-when", word(screen.kind === "waiting" ? "begins_at" : "next_at", { time: when }));
  say("next-title", meeting.title);
  say("next-note", note(screen, meeting));
  drawCountdown((begins.getTime() - now.getTime()) / 1000);
}

function note(screen: Screen, meeting: MeetingLines): string {
  if (screen.kind === "distrust") return word("note_clock");
  const role = meeting.is_chair ? word("note_chair") : "";
  return role + word(screen.kind === "waiting" ? "note_ready" : "note_joins");
}

function drawCountdown(leftS: number): void {
  const isShown = leftS > 0 && leftS < 24 * 3600;
  show("countdown", isShown);
  if (!isShown) return;
  say("countdown-before", word("countdown"));
  if (leftS < 90) {
    say("countdown-number", String(Math.ceil(leftS)));
    say("countdown-unit", word("seconds"));
  } else if (leftS < 5400) {
    say("countdown-number", String(Math.ceil(leftS / 60)));
    say("countdown-unit", word("minutes"));
  } else {
    say("countdown-number", String(Math.round(leftS / 3600)));
    say("countdown-unit", word("hours"));
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toLocaleUpperCase("vi") + text.slice(1);
}

function duration(totalS: number): string {
  const whole = Math.max(0, Math.floor(totalS));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
