// What the console does with the floor while the centre is away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { actOn, moveOf, nextOf } from "../meeting/floor";

const PLACES = ["a", "b", "c", "d"].map((who) => ({ who, isPresent: who !== "c" }));
const nobody = new Set<string>();

test("who waits longest is next, and nobody twice", () => {
  assert.equal(nextOf({ epoch: 1 }, ["d", "a"], PLACES, nobody), "d");
  assert.equal(nextOf({ epoch: 1, holders: ["d"] }, ["d", "a"], PLACES, nobody), "a");
  assert.equal(nextOf({ epoch: 1 }, ["d", "a"], PLACES, new Set(["d"])), "a");
});

test("without a queue it goes round those who are in, after who spoke last", () => {
  assert.equal(nextOf({ epoch: 1 }, [], PLACES, nobody), "a");
  assert.equal(nextOf({ epoch: 1, holders: ["b"] }, [], PLACES, nobody), "d");
  assert.equal(nextOf({ epoch: 1, previous_speaker: "d" }, [], PLACES, new Set(["a"])), "b");
  assert.equal(nextOf({ epoch: 1 }, [], PLACES, new Set(["a", "b", "d"])), "a");
  assert.equal(nextOf({ epoch: 1 }, [], [], nobody), null);
  assert.equal(nextOf({ epoch: 1, mode: "discussion" }, ["a"], PLACES, nobody), null);
});

test("the button beside somebody is the floor's, in a discussion the microphone's", () => {
  assert.equal(actOn({ epoch: 1, muted: ["a"] }, "a"), "grant");
  assert.equal(actOn({ epoch: 1, holders: ["a"] }, "a"), "withdraw");
  assert.equal(actOn({ epoch: 1, mode: "discussion", muted: ["a"] }, "a"), "unmute");
  assert.equal(actOn({ epoch: 1, mode: "discussion" }, "a"), "mute");
});

test("a form becomes a move on the floor it was made on, with a name of forty letters", () => {
  const fields = (...given: [string, string][]) => new Map(given);
  const grant = moveOf(fields(["action", "grant"], ["point_id", "a"]), 7, "Ỹ".repeat(60));
  assert.deepEqual(grant, { action: "grant", expected_epoch: 7, who: "a", name: "Ỹ".repeat(40) });
  assert.deepEqual(moveOf(fields(["action", "mode"], ["mode", "conference"]), 7, ""), {
    action: "mode",
    expected_epoch: 7,
    mode: "conference",
  });
  assert.equal(moveOf(fields(["action", "undo"]), 7, ""), null);
  assert.equal(moveOf(fields(["action", "stage"], ["point_id", "a"]), 7, ""), null);
});
