// The keys of a room's screen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isLetter, nextOf, stepTo } from "../kiosk/keys";
import { page } from "./page";

const COLUMNS = [["cam-1", "cam-2*"], [], ["try", "box*", "tv"], ["close"]];
const go = (from: string, key: string) => stepTo(COLUMNS, from, key, (one) => one.endsWith("*"));

test("left and right lead to what is chosen in the next column, past an empty one", () => {
  assert.equal(go("cam-1", "ArrowRight"), "box*");
  assert.equal(go("tv", "ArrowLeft"), "cam-2*");
  assert.equal(go("tv", "ArrowRight"), "close");
});

test("up and down stay within a column", () => {
  assert.equal(go("box*", "ArrowUp"), "try");
  assert.equal(go("box*", "ArrowDown"), "tv");
  assert.equal(go("tv", "ArrowDown"), null);
});

test("at an edge, from elsewhere and by another key nothing moves", () => {
  assert.equal(go("close", "ArrowRight"), null);
  assert.equal(go("cam-1", "ArrowLeft"), null);
  assert.equal(go("nothing", "ArrowLeft"), null);
  assert.equal(go("tv", "Enter"), null);
});

test("a letter counts alone, once, and not while a dialog is open", () => {
  page();
  const key = (more: object) => ({ key: "C", repeat: false, ...more }) as KeyboardEvent;
  assert.equal(isLetter(key({}), "c"), true);
  assert.equal(isLetter(key({}), "t"), false);
  for (const more of [{ repeat: true }, { ctrlKey: true }, { altKey: true }, { metaKey: true }])
    assert.equal(isLetter(key(more), "c"), false);
  page("<dialog open></dialog>");
  assert.equal(isLetter(key({}), "c"), false);
});

test("arrows go round the buttons of the page, from the first where none is marked", () => {
  const all = ["hand", "devices", "share"];
  assert.equal(nextOf(all, "hand", 1), "devices");
  assert.equal(nextOf(all, "hand", -1), "share");
  assert.equal(nextOf(all, "share", 1), "hand");
  assert.equal(nextOf(all, "body", -1), "hand");
  assert.equal(nextOf([], "body", 1), null);
});
