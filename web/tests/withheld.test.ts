// Why less is shown than there is, and that the relay's answer to what is played says it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { held } from "../meeting/withheld";

for (const [rung, slots, what] of [
  ["sound", ["stage", "speaker"], "onlySound"],
  ["content", ["stage"], "onlyContent"],
  ["low", [], "smallPictures"],
  ["low", ["stage"], "picturesMissing"],
  ["speaker", ["stage"], "picturesMissing"],
] as const) {
  test(`on ${rung}, without pictures in ${slots.length} places, ${what} is said`, () => {
    const found = held({ rung, is_by_load: false, slots });
    assert.deepEqual(found, { by: "heldByLine", what });
    assert.equal(held({ rung, is_by_load: true, slots })?.by, "heldByLoad");
  });
}

test("nothing is said where all comes, or only the pictures beside are smaller", () => {
  assert.equal(held(null), null);
  assert.equal(held({ rung: "speaker", is_by_load: false, slots: [] }), null);
});
