// Publishing: one sound, and one picture in two sizes, whose tracks may come, go and change without
// a new offer, since a device that was unplugged is back in a moment.
import { type Door, RtcSession } from "./session";

export type Size = "high" | "low";

// 180 of 720 lines. The rate of the large one is said by the relay's answer. No maxFramerate:
// both senders have one source in the browser, and what one asks for is then the rate of both.
const SMALL: RTCRtpEncodingParameters = { scaleResolutionDownBy: 4, maxBitrate: 100_000 };

export class Senders {
  private copy: MediaStreamTrack | null = null;
  private activated = Promise.resolve();

  constructor(
    private readonly sound: RTCRtpSender,
    private readonly pictures: Readonly<Record<Size, RTCRtpSender>>,
  ) {}

  /** Sends this sound from now on; null: none. */
  sendSound(track: MediaStreamTrack | null): void {
    void this.sound.replaceTrack(track).catch(() => undefined);
  }

  /** Sends this picture from now on; null: none. */
  sendPicture(track: MediaStreamTrack | null): void {
    // A track of its own for the small one: what one encoder asks of a track in frames and size,
    // both would get.
    this.copy?.stop();
    this.copy = track?.clone() ?? null;
    void this.pictures.high.replaceTrack(track).catch(() => undefined);
    void this.pictures.low.replaceTrack(this.copy).catch(() => undefined);
  }

  /** Encodes and sends the picture in these sizes only; each begins with a keyframe. */
  activate(sizes: readonly Size[]): void {
    // One after the other: a sender takes no change while another is on its way.
    this.activated = this.activated.then(async () => {
      for (const size of ["high", "low"] as const) {
        await setActive(this.pictures[size], sizes.includes(size)).catch(() => undefined);
      }
    });
  }
}

async function setActive(sender: RTCRtpSender, isActive: boolean): Promise<void> {
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
    const high = peer.addTransceiver("video", init).sender;
    const low = peer.addTransceiver("video", { ...init, sendEncodings: [SMALL] }).sender;
    prepared(new Senders(sound, { high, low }));
  });
}
