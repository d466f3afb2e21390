// The pages of the grid of all points.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pageOf } from "../meeting/pages";

test("a page beyond the last is the last, before the first the first", () => {
  assert.deepEqual(pageOf(30, 9, 0), [0, 3]);
  assert.deepEqual(pageOf(30, 9, 7), [3, 3]);
  assert.deepEqual(pageOf(30, 25, -1), [0, 1]);
  assert.deepEqual(pageOf(25, 25, 1), [0, 0]);
  assert.deepEqual(pageOf(0, 9, 0), [0, 0]);
});
