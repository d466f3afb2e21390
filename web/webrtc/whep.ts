// Receiving: a fixed row of videos and sounds, into which the relay puts what is on by itself,
// so that nothing is negotiated anew when the floor moves.
import { type Door, RtcSession } from "./session";

/** A track in the row: its kind, its place among those of the kind, and its stream's name. */
export type OnTrack = (track: MediaStreamTrack, place: number, stream: string) => void;

// Each video names every codec of the browser, and an offer has at most 64 KiB.
const FEW_VIDEOS = 4;
const FORWARDED = ["video/vp8", "video/h264", "video/rtx"];

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
        const transceiver = peer.addTransceiver(kind, { direction: "recvonly" });
        if (kind === "video" && count.video > FEW_VIDEOS) offerFewCodecs(transceiver);
        places.set(transceiver, place);
      }
    }
    peer.addEventListener("track", ({ transceiver, track, streams }) => {
      onTrack(track, places.get(transceiver) ?? 0, streams[0]?.id ?? "");
    });
  });
}

/** Show these points in the tiles: the videos beyond the meeting's own, in their order. */
export function showTiles(session: RtcSession, points: readonly string[]): Promise<void> {
  return session.put("tiles", { points });
}

function offerFewCodecs(transceiver: RTCRtpTransceiver): void {
  const { codecs = [] } = RTCRtpReceiver.getCapabilities("video") ?? {};
  transceiver.setCodecPreferences(
    codecs.filter((codec) => FORWARDED.includes(codec.mimeType.toLowerCase())),
  );
}
