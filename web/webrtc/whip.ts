// Publishing: one sound and one picture, whose tracks may come, go and change without a new
// offer, since a device that was unplugged is back in a moment.
import { type Door, RtcSession } from "./session";

export interface Senders {
  readonly sound: RTCRtpSender;
  readonly picture: RTCRtpSender;
}

/** Open a session that sends; `prepared` gets the senders before the offer is made. */
export function publish(door: Door, prepared: (senders: Senders) => void): Promise<RtcSession> {
  return RtcSession.open(door, (peer) => {
    const init = { direction: "sendonly" } as const;
    const sound = peer.addTransceiver("audio", init).sender;
    const picture = peer.addTransceiver("video", init).sender;
    prepared({ sound, picture });
  });
}
