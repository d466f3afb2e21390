// Putting things on the map by keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clamped, spotOf, stepped } from "../map/spot";
import { page, part } from "./page";

test("arrow keys move by ten, with Shift by one, and other keys by nothing", () => {
  assert.deepEqual(stepped({ x: 7, y: 9 }, "ArrowLeft", false), { x: -3, y: 9 });
  assert.deepEqual(stepped({ x: 7, y: 9 }, "ArrowDown", true), { x: 7, y: 10 });
  assert.equal(stepped({ x: 7, y: 9 }, "Enter", false), null);
});

test("nothing leaves the map", () => {
  assert.deepEqual([clamped(-3, 1600), clamped(1700, 1600), clamped(7, 1600)], [0, 1600, 7]);
});

test("where something stands is read as the centre wrote it", () => {
  page();
  assert.deepEqual(spotOf(part('<i transform="translate(12.5 -7)"></i>')), { x: 12.5, y: -7 });
});
