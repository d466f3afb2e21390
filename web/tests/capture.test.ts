// Camera and microphone against a browser that is played: closed means closed, at once.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Capture, type CaptureState } from "../kiosk/capture";
import { page } from "./page";

class PlayedTrack extends EventTarget {
  readyState = "live";
  contentHint = "";
  constructor(
    readonly kind: string,
    readonly label: string,
  ) {
    super();
  }
  getSettings(): MediaTrackSettings {
    return { deviceId: this.label };
  }
  stop(): void {
    this.readyState = "ended";
  }
}

type Ask = (wanted: MediaStreamConstraints) => Promise<PlayedTrack>;
let given: PlayedTrack[] = [];

function browser(ask: Ask): void {
  given = [];
  const mediaDevices = Object.assign(new EventTarget(), {
    enumerateDevices: async () => [
      { kind: "videoinput", deviceId: "cam", label: "cam", groupId: "" },
      { kind: "audioinput", deviceId: "mic", label: "mic", groupId: "" },
    ],
    getUserMedia: async (wanted: MediaStreamConstraints) => {
      const track = await ask(wanted);
      given.push(track);
      return { getTracks: () => [track] };
    },
  });
  Object.defineProperty(globalThis, "navigator", { value: { mediaDevices }, configurable: true });
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
}

function opened(): { capture: Capture; state: () => CaptureState | null } {
  let latest: CaptureState | null = null;
  const capture = new Capture(async () => ({ url: "/whip" }), {
    changed: (state) => {
      latest = structuredClone(state);
    },
    ownPicture: () => undefined,
    ownSound: () => undefined,
    speaker: () => undefined,
  });
  return { capture, state: () => latest };
}

function of(wanted: MediaStreamConstraints): PlayedTrack {
  return wanted.video ? new PlayedTrack("video", "cam") : new PlayedTrack("audio", "mic");
}

beforeEach(() => {
  page();
  const timers = { setTimeout: () => 0, clearTimeout: () => undefined };
  Object.defineProperty(globalThis, "window", { value: timers, configurable: true });
  const localStorage = { getItem: () => null, setItem: () => undefined };
  Object.defineProperty(globalThis, "localStorage", { value: localStorage, configurable: true });
});

test("both are opened for a try, and stopped after it", async () => {
  browser(async (wanted) => of(wanted));
  const { capture, state } = opened();
  capture.try(true);
  await settled();
  assert.deepEqual([state()?.camera.state, state()?.microphone.state], ["open", "open"]);
  capture.try(false);
  assert.deepEqual(
    given.map(({ readyState }) => readyState),
    ["ended", "ended"],
  );
  assert.deepEqual([state()?.camera.state, state()?.microphone.state], ["closed", "closed"]);
});

test("the microphone is closed at once while the browser still waits about the camera", async () => {
  let answer: (track: PlayedTrack) => void = () => undefined;
  const waiting = new Promise<PlayedTrack>((resolve) => {
    answer = resolve;
  });
  browser((wanted) => (wanted.video ? waiting : Promise.resolve(of(wanted))));
  const { capture, state } = opened();
  capture.try(true);
  await settled();
  assert.equal(state()?.microphone.state, "open");
  capture.try(false);
  assert.equal(given[0]?.readyState, "ended");
  answer(new PlayedTrack("video", "cam"));
  await settled();
  assert.equal(given[1]?.readyState, "ended");
  assert.equal(state()?.camera.state, "closed");
});

test("a device that another program has is named, and the other one is open", async () => {
  browser(async (wanted) => {
    if (wanted.video) throw new DOMException("in use", "NotReadableError");
    return of(wanted);
  });
  const { capture, state } = opened();
  capture.try(true);
  await settled();
  assert.deepEqual(state()?.camera, { state: "busy", name: "cam" });
  assert.equal(state()?.microphone.state, "open");
});
