// The WHIP and WHEP client against a relay and a connection that are played.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { obstacle } from "../webrtc/obstacle";
import { Refused, RtcSession, Unanswered } from "../webrtc/session";
import { play } from "../webrtc/whep";
import { page } from "./page";

const RELAY = "https://relay.test:8444";
const DOOR = { url: `${RELAY}/whep/m1`, authorization: "Bearer token" };

class PlayedPeer extends EventTarget {
  static all: PlayedPeer[] = [];
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  iceGatheringState = "complete";
  isClosed = false;
  readonly transceivers: { kind: string; direction: string | undefined }[] = [];

  constructor() {
    super();
    PlayedPeer.all.push(this);
  }

  addTransceiver(kind: string, init: RTCRtpTransceiverInit): unknown {
    const transceiver = { kind, direction: init.direction };
    this.transceivers.push(transceiver);
    return transceiver;
  }

  async createOffer(): Promise<RTCSessionDescriptionInit> {
    return { type: "offer", sdp: "v=0 offer" };
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.localDescription = description;
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.remoteDescription = description;
  }

  arrives(place: number, kind: string, stream: string): void {
    const transceiver = this.transceivers[place];
    const event = Object.assign(new Event("track"), {
      transceiver,
      track: { kind },
      streams: [{ id: stream }],
    });
    this.dispatchEvent(event);
  }

  close(): void {
    this.isClosed = true;
  }
}

type Answer = (url: string, init: RequestInit) => Response;
let asked: { url: string; init: RequestInit }[] = [];

function answering(answer: Answer): void {
  asked = [];
  globalThis.fetch = async (input, init = {}) => {
    asked.push({ url: String(input), init });
    return answer(String(input), init);
  };
}

function lastPeer(): PlayedPeer {
  const peer = PlayedPeer.all.at(-1);
  assert(peer !== undefined);
  return peer;
}

beforeEach(() => {
  page();
  Object.assign(globalThis, { RTCPeerConnection: PlayedPeer });
});

test("a session is offered, answered, and ended where the relay said", async () => {
  answering(() => new Response("v=0 answer", { status: 201, headers: { Location: "/session/7" } }));
  const tracks: [number, string, string][] = [];
  const session = await play(DOOR, { video: 2, audio: 3 }, (track, place, stream) =>
    tracks.push([place, track.kind, stream]),
  );
  const peer = lastPeer();
  assert.deepEqual(
    peer.transceivers.map(({ kind, direction }) => `${kind} ${direction}`),
    [...Array(2).fill("video recvonly"), ...Array(3).fill("audio recvonly")],
  );
  assert.equal(peer.remoteDescription?.sdp, "v=0 answer");
  peer.arrives(1, "video", "speaker");
  peer.arrives(4, "audio", "sound-2");
  assert.deepEqual(tracks, [
    [1, "video", "speaker"],
    [2, "audio", "sound-2"],
  ]);
  session.close();
  session.close();
  assert(peer.isClosed);
  assert.deepEqual(
    asked.map(({ url, init }) => [
      init.method,
      url,
      new Headers(init.headers).get("authorization"),
    ]),
    [
      ["POST", DOOR.url, "Bearer token"],
      ["DELETE", `${RELAY}/session/7`, "Bearer token"],
    ],
  );
  assert.equal(new Headers(asked[0]?.init.headers).get("content-type"), "application/sdp");
});

test("what a resource answers is handed on, and nothing where it has nothing to say", async () => {
  const answers = [
    new Response("v=0", { status: 201, headers: { Location: "/session/1" } }),
    new Response(null, { status: 204 }),
    Response.json({ rung: "sound" }),
  ];
  answering(() => answers.shift() ?? new Response(null, { status: 500 }));
  const session = await RtcSession.open(DOOR, () => undefined);
  assert.equal(await session.put("played", { slots: [] }), null);
  assert.deepEqual(await session.put("played", { slots: [] }), { rung: "sound" });
});

test("a relay of the page's own machine is asked without proof", async () => {
  answering(() => new Response("v=0", { status: 201, headers: { Location: "/session/1" } }));
  const session = await RtcSession.open({ url: "/whep" }, () => undefined);
  session.close();
  assert.deepEqual(
    asked.map(({ url }) => url),
    ["/whep", "https://centre.test/session/1"],
  );
  assert.equal(new Headers(asked[0]?.init.headers).get("authorization"), null);
});

for (const [language, sentence] of [
  ["vi", "Cuộc họp đã kết thúc."],
  ["en", "The meeting is over."],
] as const) {
  test(`a refusal is told in ${language}, and nothing stays open`, async () => {
    page("", language);
    const error = { message_vi: "Cuộc họp đã kết thúc.", message_en: "The meeting is over." };
    answering(() => Response.json({ error }, { status: 410 }));
    await assert.rejects(
      RtcSession.open(DOOR, () => undefined),
      (found) => found instanceof Refused && found.message === sentence && found.status === 410,
    );
    assert(lastPeer().isClosed);
    assert.equal(asked.length, 1);
  });
}

test("a refusal that is no sentence is told by its number", async () => {
  answering(() => new Response("<html>", { status: 502 }));
  await assert.rejects(
    RtcSession.open(DOOR, () => undefined),
    (found) => found instanceof Refused && found.message === "502",
  );
});

test("no answer is told from one that is late", async () => {
  for (const [thrown, isLate] of [
    [new TypeError("Failed to fetch"), false],
    [new DOMException("", "TimeoutError"), true],
  ] as const) {
    answering(() => {
      throw thrown;
    });
    await assert.rejects(
      RtcSession.open(DOOR, () => undefined),
      (found) => found instanceof Unanswered && found.isLate === isLate,
    );
    assert(lastPeer().isClosed);
  }
});

test("why there is no answer follows from what can be asked", async () => {
  const late = new Unanswered(DOOR.url, true);
  const turnedAway = new Unanswered(DOOR.url, false);
  answering((url, init) => {
    assert.deepEqual([url, init.mode], [`${RELAY}/healthz`, "no-cors"]);
    return new Response();
  });
  assert.equal(await obstacle(turnedAway, RELAY, true), "origin");
  answering(() => {
    throw new TypeError("Failed to fetch");
  });
  assert.equal(await obstacle(turnedAway, RELAY, false), "stopped");
  assert.equal(await obstacle(turnedAway, RELAY, true), "certificate");
  assert.equal(await obstacle(late, RELAY, true), "network");
});
