// One WHEP session at the relay: a peer connection that lasts as long as the meeting.
//
// The relay fills fixed slots (video: stage, speaker; audio: sound-0 to sound-2) and
// switches what is in them by itself, so nothing here is negotiated anew when the floor
// moves. A connection that fails is kept: Chromium often recovers by itself once the
// line is back. Meanwhile a second one is tried, and whichever plays first stays.

export const VIDEO_SLOTS = ["stage", "speaker"] as const;
export const AUDIO_SLOTS = ["sound-0", "sound-1", "sound-2"] as const;
const GATHERING_MS = 1500;
const REQUEST_MS = 10_000;

/** The centre or the relay said no, with a sentence for the person. */
export class Refused extends Error {}

/** The relay did not answer at all: the network, or a certificate that is not trusted. */
export class Unreachable extends Error {
  constructor(readonly relayUrl: string) {
    super(`no answer from ${relayUrl}`);
  }
}

export interface Ticket {
  readonly token: string;
  readonly relay_url: string;
}

export type Slot = (typeof VIDEO_SLOTS)[number] | (typeof AUDIO_SLOTS)[number];
export type OnTrack = (slot: Slot, track: MediaStreamTrack) => void;

interface ErrorBody {
  readonly error?: { readonly message_vi?: string; readonly message_en?: string };
}

async function reason(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as ErrorBody;
    const text = document.documentElement.lang === "vi" ? error?.message_vi : error?.message_en;
    return text ?? String(response.status);
  } catch {
    return String(response.status);
  }
}

/** Ask the centre for a token and for where the relay is. */
export async function fetchTicket(url: string): Promise<Ticket> {
  const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify({ direction: "play" }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  if (!response.ok) throw new Refused(await reason(response));
  return (await response.json()) as Ticket;
}

export class WhepSession {
  private location: string | null = null;

  private constructor(
    readonly peer: RTCPeerConnection,
    private readonly ticket: Ticket,
  ) {}

  /** Offer to the relay and take its answer; tracks come as the media do. */
  static async open(meeting: string, ticket: Ticket, onTrack: OnTrack): Promise<WhepSession> {
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    const session = new WhepSession(peer, ticket);
    const slots = new Map<RTCRtpTransceiver, Slot>();
    for (const slot of VIDEO_SLOTS) slots.set(receiver(peer, "video"), slot);
    for (const slot of AUDIO_SLOTS) slots.set(receiver(peer, "audio"), slot);
    peer.addEventListener("track", ({ transceiver, track }) => {
      const slot = slots.get(transceiver);
      if (slot) onTrack(slot, track);
    });
    try {
      await peer.setLocalDescription(await peer.createOffer());
      await gathered(peer);
      const answer = await session.post(meeting, peer.localDescription?.sdp ?? "");
      await peer.setRemoteDescription({ type: "answer", sdp: answer });
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  private async post(meeting: string, offer: string): Promise<string> {
    const url = `${this.ticket.relay_url}/whep/${encodeURIComponent(meeting)}`;
    const response = await reached(this.ticket.relay_url, url, {
      method: "POST",
      headers: { "Content-Type": "application/sdp", Authorization: `Bearer ${this.ticket.token}` },
      body: offer,
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (!response.ok) throw new Refused(await reason(response));
    const location = response.headers.get("Location");
    if (location) this.location = new URL(location, url).href;
    return response.text();
  }

  /** End it here and at the relay, which would notice by itself a little later. */
  close(): void {
    this.peer.close();
    if (this.location === null) return;
    const headers = { Authorization: `Bearer ${this.ticket.token}` };
    void fetch(this.location, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
    this.location = null;
  }
}

function receiver(peer: RTCPeerConnection, kind: "audio" | "video"): RTCRtpTransceiver {
  return peer.addTransceiver(kind, { direction: "recvonly" });
}

async function reached(relay: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    throw new Unreachable(relay);
  }
}

async function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === "complete") return;
  await new Promise<void>((resolve) => {
    const timer = window.setTimeout(resolve, GATHERING_MS);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}
