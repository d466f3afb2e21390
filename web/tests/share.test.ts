// What a room shares against a browser that is played: closed means closed, whatever the order.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Capture } from "../kiosk/capture";
import { RoomShare } from "../kiosk/share";
import { page } from "./page";

class PlayedTrack extends EventTarget {
  readyState = "live";
  contentHint = "";
  stop(): void {
    this.readyState = "ended";
  }
}

class PlayedPeer extends EventTarget {
  static all: PlayedPeer[] = [];
  iceGatheringState = "complete";
  connectionState = "new";
  readonly localDescription = { type: "offer", sdp: "v=0 offer" };

  constructor() {
    super();
    PlayedPeer.all.push(this);
  }
  addTransceiver(): unknown {
    return { sender: { getParameters: () => ({}), setParameters: async () => undefined } };
  }
  async createOffer(): Promise<RTCSessionDescriptionInit> {
    return this.localDescription as RTCSessionDescriptionInit;
  }
  async setLocalDescription(): Promise<void> {}
  async setRemoteDescription(): Promise<void> {}
  close(): void {
    this.connectionState = "closed";
  }
}

/** Devices that were asked for, each to be given when the test says so. */
let wanted: ((track: PlayedTrack) => void)[] = [];
let answers: ((response: Response) => void)[] = [];

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
}

function give(place: number): PlayedTrack {
  const track = new PlayedTrack();
  wanted[place]?.(track);
  return track;
}

function answer(place: number, status: number, body = ""): void {
  answers[place]?.(new Response(body, { status }));
}

function press(): void {
  document.getElementById("share")?.click();
}

function note(): string {
  return document.getElementById("share-note")?.textContent ?? "";
}

function opened(): RoomShare {
  const camera = { id: "cam", name: "cam", group: "" };
  const laptop = { id: "hdmi", name: "HDMI", group: "" };
  const devices = { camera: [camera, laptop], microphone: [], speaker: [] };
  const chosen = { camera, microphone: null, speaker: null };
  return new RoomShare({ plugged: { devices, chosen } } as unknown as Capture);
}

beforeEach(() => {
  page('<button id="share"><span id="share-text"></span></button><p id="share-note"></p>');
  wanted = [];
  answers = [];
  PlayedPeer.all = [];
  const getUserMedia = () =>
    new Promise((resolve) => {
      wanted.push((track) =>
        resolve({
          getTracks: () => [track],
          getVideoTracks: () => [track],
          getAudioTracks: () => [],
        }),
      );
    });
  const value = { mediaDevices: { getUserMedia } };
  Object.defineProperty(globalThis, "navigator", { value, configurable: true });
  globalThis.fetch = () => new Promise((resolve) => answers.push(resolve));
  Object.assign(globalThis, { RTCPeerConnection: PlayedPeer });
});

test("pressed three times at once, only the last one's device stays open", async () => {
  opened().offer(true);
  for (let times = 0; times < 3; times++) press();
  const [first, second] = [give(0), give(1)];
  await settled();
  assert.deepEqual([first.readyState, second.readyState], ["ended", "live"]);
  answer(0, 201);
  await settled();
  assert.match(note(), /HDMI/);
  press();
  assert.deepEqual([second.readyState, PlayedPeer.all.length], ["ended", 1]);
  assert.equal(PlayedPeer.all[0]?.connectionState, "closed");
});

test("begun anew while the relay had not answered, the earlier session is closed", async () => {
  opened().offer(true);
  press();
  const first = give(0);
  await settled();
  press();
  press();
  const second = give(1);
  await settled();
  answer(0, 201);
  answer(1, 201);
  await settled();
  assert.deepEqual([first.readyState, second.readyState], ["ended", "live"]);
  const states = PlayedPeer.all.map(({ connectionState }) => connectionState);
  assert.deepEqual(states, ["closed", "new"]);
});

test("an earlier start that fails ends nothing of the later one", async () => {
  opened().offer(true);
  press();
  give(0);
  await settled();
  press();
  press();
  answer(0, 503);
  await settled();
  const second = give(1);
  await settled();
  answer(1, 201);
  await settled();
  assert.equal(second.readyState, "live");
  assert(document.getElementById("share")?.hasAttribute("data-on"));
});

test("a refusal is said in the relay's own words, and the device closed", async () => {
  opened().offer(true);
  press();
  const track = give(0);
  await settled();
  answer(0, 409, JSON.stringify({ error: { message_vi: "Chưa có cuộc họp." } }));
  await settled();
  assert.deepEqual([note(), track.readyState], ["Chưa có cuộc họp.", "ended"]);
});

test("what the centre ended before this page was there is no news; what it ends now is", () => {
  const share = opened();
  share.offer(true, { total: 2, reason: "ended long ago" });
  assert.equal(note(), "");
  share.offer(false);
  share.offer(true, { total: 2, reason: "ended long ago" });
  assert.equal(note(), "");
  share.offer(true, { total: 3, reason: "ended now" });
  assert.equal(note(), "ended now");
});
