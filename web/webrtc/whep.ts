// Receiving: a fixed row of videos and sounds, into which the relay puts what is on by itself,
// so that nothing is negotiated anew when the floor moves.
import { type Door, RtcSession } from "./session";

/** A track in the row: its kind, its place among those of the kind, and its stream's name. */
export type OnTrack = (track: MediaStreamTrack, place: number, stream: string) => void;

/** Open a session that receives so many videos and sounds; tracks come as the media do. */
export function play(
  door: Door,
  count: { readonly video: number; readonly audio: number },
  onTrack: OnTrack,
): Promise<RtcSession> {
  return RtcSession.open(door, (peer) => {
    const places = new Map<RTCRtpTransceiver, number>();
    for (const kind of ["video", "audio"] as const) {
      for (let place = 0; place < count[kind]; place++) {
        places.set(peer.addTransceiver(kind, { direction: "recvonly" }), place);
      }
    }
    peer.addEventListener("track", ({ transceiver, track, streams }) => {
      onTrack(track, places.get(transceiver) ?? 0, streams[0]?.id ?? "");
    });
  });
}
