// Publishing: one sound, and one picture in two sizes, whose tracks may come, go and change without
// a new offer, since a device that was unplugged is back in a moment.
import { type Door, RtcSession } from "./session";

export interface Senders {
  readonly sound: RTCRtpSender;
  readonly picture: RTCRtpSender;
  /** The same picture for tiles and thin lines. */
  readonly small: RTCRtpSender;
}

// 180 of 720 lines. The rate of the large one is said by the relay's answer. No maxFramerate:
// both senders have one source in the browser, and what one asks for is then the rate of both.
const SMALL: RTCRtpEncodingParameters = { scaleResolutionDownBy: 4, maxBitrate: 100_000 };

/** Send with this sender or not; what was not sent begins with a keyframe. */
export async function setActive(sender: RTCRtpSender, isActive: boolean): Promise<void> {
  const parameters = sender.getParameters();
  if (parameters.encodings.every((encoding) => encoding.active === isActive)) return;
  for (const encoding of parameters.encodings) encoding.active = isActive;
  await sender.setParameters(parameters);
}

/** Open a session that sends; `prepared` gets the senders before the offer is made. */
export function publish(door: Door, prepared: (senders: Senders) => void): Promise<RtcSession> {
  return RtcSession.open(door, (peer) => {
    // One stream of both videos: by that the relay knows them as one camera.
    const init: RTCRtpTransceiverInit = { direction: "sendonly", streams: [new MediaStream()] };
    const sound = peer.addTransceiver("audio", init).sender;
    const picture = peer.addTransceiver("video", init).sender;
    const small = peer.addTransceiver("video", { ...init, sendEncodings: [SMALL] }).sender;
    prepared({ sound, picture, small });
  });
}
