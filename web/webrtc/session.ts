// One session at a relay, by WHIP (RFC 9725) or WHEP: an offer, its answer, and the end.
// What is offered is the caller's: transceivers that receive, or tracks that are sent.

const REQUEST_MS = 10_000;

/** Where the session is made, and how one proves oneself there. */
export interface Door {
  readonly url: string;
  readonly authorization?: string;
  /** How long to wait for own candidates; a relay on the same machine needs none. */
  readonly gatheringMs?: number;
  /** What is made of the answer before it is taken. */
  readonly read?: (answer: string) => string;
}

/** The other side said no, with a sentence for the person. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code = "",
  ) {
    super(message);
  }
}

/** Nothing came back; `isLate` where it was waited for, not turned away at once. */
export class Unanswered extends Error {
  constructor(
    readonly url: string,
    readonly isLate: boolean,
  ) {
    super(`no answer from ${url}`);
  }
}

interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message_vi?: string;
    readonly message_en?: string;
  };
}

/** Return a refusal with its sentence in a language; with its number where it has none. */
async function refusal(response: Response, language: string): Promise<Refused> {
  try {
    const { error } = (await response.json()) as ErrorBody;
    const text = language === "vi" ? error?.message_vi : error?.message_en;
    return new Refused(text ?? String(response.status), response.status, error?.code);
  } catch {
    return new Refused(String(response.status), response.status);
  }
}

/** Ask, for ten seconds at most. */
export async function asked(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_MS) });
  } catch (error) {
    throw new Unanswered(url, error instanceof DOMException && error.name === "TimeoutError");
  }
  if (!response.ok) {
    throw await refusal(response, document.documentElement.lang);
  }
  return response;
}

export class RtcSession {
  private location: string | null = null;

  private constructor(
    readonly peer: RTCPeerConnection,
    private readonly door: Door,
  ) {}

  /** Offer what `prepare` puts into the connection, and take the answer. */
  static async open(door: Door, prepare: (peer: RTCPeerConnection) => void): Promise<RtcSession> {
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    const session = new RtcSession(peer, door);
    prepare(peer);
    try {
      await peer.setLocalDescription(await peer.createOffer());
      await gathered(peer, door.gatheringMs ?? 0);
      const answer = await session.post(peer.localDescription?.sdp ?? "");
      await peer.setRemoteDescription({ type: "answer", sdp: door.read?.(answer) ?? answer });
    } catch (error) {
      session.close();
      throw error;
    }
    return session;
  }

  /** End it here and at the relay, which would notice by itself a little later. */
  close(): void {
    this.peer.close();
    if (this.location === null) return;
    const init = { method: "DELETE", headers: this.headers(), keepalive: true };
    void fetch(this.location, init).catch(() => undefined);
    this.location = null;
  }

  /** Put a value at a resource below the session's own; return what is answered, null for nothing. */
  async put(name: string, value: unknown): Promise<unknown> {
    if (this.location === null) return null;
    const headers = { ...this.headers(), "Content-Type": "application/json" };
    const init = { method: "PUT", headers, body: JSON.stringify(value) };
    const response = await asked(`${this.location}/${name}`, init);
    return response.status === 204 ? null : response.json();
  }

  private async post(offer: string): Promise<string> {
    const { url } = this.door;
    const headers = { ...this.headers(), "Content-Type": "application/sdp" };
    const response = await asked(url, { method: "POST", headers, body: offer });
    const location = response.headers.get("Location");
    if (location) this.location = new URL(location, new URL(url, document.baseURI)).href;
    return response.text();
  }

  private headers(): Record<string, string> {
    const { authorization } = this.door;
    return authorization === undefined ? {} : { Authorization: authorization };
  }
}

async function gathered(peer: RTCPeerConnection, limitMs: number): Promise<void> {
  if (limitMs === 0 || peer.iceGatheringState === "complete") return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}
