// How long who speaks has left, on the console and on the room's own screen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { speechOf } from "../kiosk/screen";
import type { Screen } from "../kiosk/screen_type";
import { speechClock } from "../live/clock";

const T0 = Date.UTC(2026, 10, 28, 8);
const at = (seconds: number): number => T0 + seconds * 1000;
const left = (n: number): string => `left ${n}`;

test("the console counts up, says what is left of the last half minute, and what is over", () => {
  const shown = (seconds: number) => speechClock(T0, at(seconds), 300, left);
  assert.deepEqual(shown(234), { text: "03:54", state: "" });
  assert.deepEqual(shown(270), { text: "left 30", state: "soon" });
  assert.deepEqual(shown(299.5), { text: "left 1", state: "soon" });
  assert.deepEqual(shown(300), { text: "+0:00", state: "over" });
  assert.deepEqual(shown(312.4), { text: "+0:12", state: "over" });
  assert.deepEqual(shown(300 + 3661), { text: "+61:01", state: "over" });
});

test("the screen of who speaks counts down, and up where a speech has no time", () => {
  const ends = new Date(at(300)).toISOString();
  const timed = { screen: { speech_ends_at: ends } as Screen, floor_since: null };
  const shown = (seconds: number) => speechOf(timed, at(seconds));
  assert.deepEqual(shown(66), { time: "3:54", note: "thời gian còn lại", state: "" });
  assert.equal(shown(273).time, "Còn 27 giây");
  assert.deepEqual([shown(312).time, shown(312).state], ["+0:12", "over"]);
  const free = {
    screen: { speech_ends_at: null } as Screen,
    floor_since: new Date(T0).toISOString(),
  };
  assert.equal(speechOf(free, at(66)).time, "1:06");
  assert.equal(speechOf({ ...free, floor_since: null }, at(66)).time, "0:00");
});
