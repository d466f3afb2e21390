// What a page says of what it plays: differences of the browser's counts, by slot.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PlayedFigures } from "../webrtc/played";

type Row = Record<string, unknown>;

function peer(...readings: Row[][]): RTCPeerConnection {
  let at = 0;
  const getStats = async () => new Map((readings[at++] ?? []).map((row, id) => [id, row]));
  return { getStats } as unknown as RTCPeerConnection;
}

const track = (id: string, kind: string) => ({ id, kind }) as MediaStreamTrack;

function video(at: number, values: Row): Row {
  return { type: "inbound-rtp", kind: "video", trackIdentifier: "v", timestamp: at, ...values };
}

function sound(values: Row): Row {
  return { type: "inbound-rtp", kind: "audio", trackIdentifier: "a", timestamp: 0, ...values };
}

function figures(): PlayedFigures {
  const found = new PlayedFigures();
  found.named(track("v", "video"), "stage");
  found.named(track("a", "audio"), "sound-0");
  return found;
}

test("the first reading is the beginning, and says nothing", async () => {
  const rows = [video(0, { framesDecoded: 9 }), sound({ concealedSamples: 4 })];
  assert.deepEqual(await figures().read(peer(rows)), []);
});

test("a picture's freezes and a sound's made-up samples are shares of the time between", async () => {
  const found = figures();
  const played = peer(
    [
      video(1000, {
        framesDecoded: 100,
        totalFreezesDuration: 1,
        jitterBufferDelay: 5,
        jitterBufferEmittedCount: 100,
      }),
      sound({ concealedSamples: 1000, silentConcealedSamples: 400, totalSamplesReceived: 48_000 }),
    ],
    [
      video(11_000, {
        framesDecoded: 330,
        frameHeight: 720,
        totalFreezesDuration: 1.5,
        jitterBufferDelay: 27,
        jitterBufferEmittedCount: 320,
      }),
      sound({
        concealedSamples: 11_000,
        silentConcealedSamples: 5600,
        totalSamplesReceived: 528_000,
      }),
    ],
  );
  await found.read(played);
  assert.deepEqual(await found.read(played), [
    { slot: "stage", decoded: 230, frozen_ratio: 0.05, height_px: 720, buffer_ms: 100 },
    { slot: "sound-0", concealed_ratio: 0.01 },
  ]);
});

test("what a browser does not count is left out, and tracks without a slot are passed over", async () => {
  const found = figures();
  const other = { type: "inbound-rtp", kind: "video", trackIdentifier: "x", timestamp: 0 };
  const played = peer([video(0, {}), other], [video(10_000, {}), other]);
  await found.read(played);
  assert.deepEqual(await found.read(played), [{ slot: "stage" }]);
});

test("counts that began anew, as after another codec, are no negative share", async () => {
  const found = figures();
  const played = peer(
    [video(0, { framesDecoded: 900, totalFreezesDuration: 9 })],
    [video(10_000, { framesDecoded: 3, totalFreezesDuration: 0 })],
  );
  await found.read(played);
  assert.deepEqual(await found.read(played), [{ slot: "stage", decoded: 0, frozen_ratio: 0 }]);
});
