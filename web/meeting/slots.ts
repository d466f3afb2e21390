// The fixed slots that a relay fills: three videos, three sounds of people, and one of what is shared.
import type { RtcSession } from "../webrtc/session";
import { play } from "../webrtc/whep";
import type { Ticket } from "./ticket";

export const VIDEO_SLOTS = ["stage", "speaker", "content"] as const;
export const AUDIO_SLOTS = ["sound-0", "sound-1", "sound-2", "sound-content"] as const;
const GATHERING_MS = 1500;

export type Slot = (typeof VIDEO_SLOTS)[number] | (typeof AUDIO_SLOTS)[number] | `tile-${number}`;

/** Open a meeting's session, with places for the tiles of a grid; tracks come as the media do. */
export function playMeeting(
  meeting: string,
  ticket: Ticket,
  onTrack: (slot: Slot, track: MediaStreamTrack) => void,
  tiles = 0,
): Promise<RtcSession> {
  const door = {
    url: `${ticket.relay_url}/whep/${encodeURIComponent(meeting)}`,
    authorization: `Bearer ${ticket.token}`,
    gatheringMs: GATHERING_MS,
  };
  const count = { video: VIDEO_SLOTS.length + tiles, audio: AUDIO_SLOTS.length };
  return play(door, count, (track, place) => {
    const slot = (track.kind === "video" ? VIDEO_SLOTS : AUDIO_SLOTS)[place];
    onTrack(slot ?? `tile-${place - VIDEO_SLOTS.length}`, track);
  });
}
