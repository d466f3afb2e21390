// Receiving: a fixed row of videos and sounds, into which the relay puts what is on by itself,
// so that nothing is negotiated anew when the floor moves.
import { type Door, RtcSession } from "./session";

/** A track in the row: its kind, its place among those of the kind, and its stream's name. */
export type OnTrack = (track: MediaStreamTrack, place: number, stream: string) => void;

// Each video names every codec of the browser, and an offer has at most 64 KiB.
const FEW_VIDEOS = 4;
const FORWARDED = ["video/vp8", "video/rtx"];
const BASELINE = /packetization-mode=1.*profile-level-id=42e01f/;
const USED_EXTENSIONS = /:mid$|abs-send-time$|transport-wide-cc/;

/** What Chromium has and the types do not know yet. */
interface ExtensionChoice {
  getHeaderExtensionsToNegotiate?(): { uri: string; direction: string }[];
  setHeaderExtensionsToNegotiate?(wanted: { uri: string; direction: string }[]): void;
}

/** Open a session that receives so many videos and sounds; tracks come as the media do. */
export function play(
  door: Door,
  count: { readonly video: number; readonly audio: number },
  onTrack: OnTrack,
): Promise<RtcSession> {
  return RtcSession.open({ ...door, read: together }, (peer) => {
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

/**
 * Browsers keep picture and sound together where they are of one stream: the chair's, the
 * speaker's, and what is shared with its sound. Tracks of a kind keep their place, whatever their stream is called.
 */
export function together(answer: string): string {
  return answer
    .replace(/^a=msid:sound-0 /m, "a=msid:stage ")
    .replace(/^a=msid:sound-1 /m, "a=msid:speaker ")
    .replace(/^a=msid:sound-content /m, "a=msid:content ");
}

/** Show these points in the tiles: the videos beyond the meeting's own, in their order. */
export async function showTiles(session: RtcSession, points: readonly string[]): Promise<void> {
  await session.put("tiles", { points });
}

function offerFewCodecs(transceiver: RTCRtpTransceiver): void {
  const { codecs = [] } = RTCRtpReceiver.getCapabilities("video") ?? {};
  transceiver.setCodecPreferences(
    codecs.filter(({ mimeType, sdpFmtpLine = "" }) => {
      const type = mimeType.toLowerCase();
      return FORWARDED.includes(type) || (type === "video/h264" && BASELINE.test(sdpFmtpLine));
    }),
  );
  const choice = transceiver as ExtensionChoice;
  const known = choice.getHeaderExtensionsToNegotiate?.() ?? [];
  const kept = ({ uri, direction }: { uri: string; direction: string }) =>
    USED_EXTENSIONS.test(uri) ? direction : "stopped";
  choice.setHeaderExtensionsToNegotiate?.(known.map((one) => ({ ...one, direction: kept(one) })));
}
