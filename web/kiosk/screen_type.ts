// Written by scripts/screen_type.py from agent/room: change the structs there.

/** How often the centre has ended what was shared in a meeting, and why the last time. */
export interface SharesEnded {
  total: number;
  reason: string;
}

/** Whether others hear this room, in words. */
export interface Microphone {
  is_open: boolean;
  text: string;
  meaning: string;
}

/** The meeting that is shown: the one this room is in, or the next. */
export interface MeetingLines {
  meeting_id: string;
  title: string;
  begins_at: string;
  ends_at: string;
  is_chair: boolean;
}

/** A rehearsal that is announced, or on until `ends_at`; nothing of its media is shown. */
export interface RehearsalNotice {
  rehearsal_id: string;
  is_on: boolean;
  heading: string;
  text: string;
  begins_at: string;
  ends_at: string;
  plays_sound: boolean;
}

/** What the button does, and what is said of the last press. */
export interface HandNotice {
  is_up: boolean;
  button: string;
  text: string;
}

/** Everything the page draws, apart from the pictures. */
export interface Screen {
  kind: "idle" | "waiting" | "meeting" | "distrust";
  microphone: Microphone;
  meeting: MeetingLines | null;
  has_floor: boolean;
  speech_ends_at: string | null;
  is_stage_speaking: boolean;
  stage_caption: string;
  speaker_caption: string;
  own_caption: string;
  link: "none" | "connecting" | "good" | "lost";
  link_text: string;
  lost_since: string | null;
  fault: string;
  guide: string;
  message: string;
  message_ends_at: string | null;
  recorded: string;
  withheld: string[];
  withheld_why: string;
  rehearsal: RehearsalNotice | null;
  hand: HandNotice | null;
}

/** One message of the event stream. */
export interface ScreenEvent {
  now: string;
  run_id: string;
  language: "vi" | "en";
  point_name: string;
  filled: string[];
  only_sound: string[];
  capture: "none" | "closed" | "open";
  sizes: ("high" | "low")[];
  may_share: boolean;
  shares_ended: SharesEnded;
  floor_since: string | null;
  screen: Screen;
}
