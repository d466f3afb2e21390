// What is written on a chart never lies over another word.
import assert from "node:assert/strict";
import { test } from "node:test";
import type uPlot from "uplot";
import type { History } from "../point/data";
import { besideNow, nowBox } from "../point/paint";

Object.assign(globalThis, { devicePixelRatio: 1 });

/** A chart of 27 hours, the last three ahead, so many pixels wide beside its gutter. */
function chart(width: number): [uPlot, History] {
  const plot = {
    bbox: { left: 52, top: 0, width, height: 100 },
    valToPos: (at: number) => 52 + (at / 27) * width,
  };
  return [plot as unknown as uPlot, { now: 24, to: 27 } as History];
}

test("where there is room the word stands after its line, and takes nothing from a gap", () => {
  const [plot, history] = chart(1080);
  assert.deepEqual(nowBox(plot, history), [1012, 64]);
  assert.equal(besideNow(plot, history, 612, 400), 400);
});

test("on a phone it stands before its line, and a gap's word keeps away from it", () => {
  const [plot, history] = chart(270);
  assert.deepEqual(nowBox(plot, history), [228, 64]);
  assert.equal(besideNow(plot, history, 152, 140), 76);
  assert.equal(besideNow(plot, history, 240, 52), 0);
  assert.equal(besideNow(plot, history, 60, 100), 100);
});

test("of a time that is over no word is written", () => {
  const [plot, history] = chart(270);
  assert.equal(besideNow(plot, { ...history, now: 30 }, 152, 140), 140);
});
