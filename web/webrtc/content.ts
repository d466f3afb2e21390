// What is shared: a picture whose text has to stay legible, and its sound where there is one. When
// the line is thin the frames become fewer, never the picture smaller.
import { type Door, RtcSession } from "./session";

const MAX_BPS = 2_500_000;
export const PICTURE: MediaTrackConstraints = {
  width: { max: 1920 },
  height: { max: 1080 },
  frameRate: { ideal: 15, max: 30 },
};
/** The sound as it is: it is no voice in a room. */
export const SOUND: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
};

/** Open a session that shares these tracks. */
export function share(
  door: Door,
  picture: MediaStreamTrack,
  sound: MediaStreamTrack | null,
): Promise<RtcSession> {
  picture.contentHint = "detail";
  return RtcSession.open(door, (peer) => {
    const { sender } = peer.addTransceiver(picture, {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: MAX_BPS }],
    });
    const parameters = { ...sender.getParameters(), degradationPreference: "maintain-resolution" };
    void sender.setParameters(parameters as RTCRtpSendParameters).catch(() => undefined);
    if (sound) peer.addTransceiver(sound, { direction: "sendonly" });
  });
}
