// Morphing: what differs is changed, and everything else is the very same node as before.
import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, morph } from "../live/morph";
import { page, part } from "./page";

const never = (): boolean => false;
const always = (): boolean => true;

function first(body: HTMLElement): Element {
  const element = body.firstElementChild;
  assert(element !== null);
  return element;
}

test("texts and attributes change, nodes stay", () => {
  const current = first(page('<p class="a" title="gone">Cũ<b id="kept">x</b></p>'));
  const kept = current.querySelector("b");
  morph(current, part('<p class="b">Mới<b id="kept">y</b></p>'), never);
  assert.equal(current.outerHTML, '<p class="b">Mới<b id="kept">y</b></p>');
  assert.equal(current.querySelector("b"), kept);
});

test("rows are known by their key, wherever they stand", () => {
  const current = first(page('<ul><li data-key="a">A</li><li data-key="b">B</li></ul>'));
  const [a, b] = current.children;
  const fresh = '<ul><li data-key="c">C</li><li data-key="b">B2</li><li data-key="a">A</li></ul>';
  morph(current, part(fresh), never);
  assert.equal(current.outerHTML, fresh);
  assert.equal(current.children[1], b);
  assert.equal(current.children[2], a);
});

test("what belongs to a script is neither touched nor taken out", () => {
  const current = first(
    page('<div><video data-keep id="v" class="playing"></video><i>1</i></div>'),
  );
  const video = current.querySelector("video");
  morph(current, part('<div><video data-keep id="v"></video><i>2</i></div>'), never);
  assert.equal(current.querySelector("video")?.className, "playing");
  morph(current, part("<div><i>3</i></div>"), never);
  assert.equal(current.querySelector("video"), video);
  assert.equal(current.querySelector("i")?.textContent, "3");
});

test("what belongs to a script is not moved when what stood before it goes", () => {
  const html =
    '<div><p id="a">A</p><span>x</span><video data-keep="" id="v"></video><p id="b">B</p></div>';
  const current = first(page(html));
  const moved: Node[] = [];
  const insert = current.insertBefore.bind(current);
  current.insertBefore = ((node: Node, place: Node | null) => {
    moved.push(node);
    return insert(node, place);
  }) as typeof current.insertBefore;
  const fresh =
    '<div><b id="c">C</b><video data-keep="" id="v"></video><p id="a">A</p><p id="b">B</p></div>';
  const video = current.querySelector("video");
  morph(current, part(fresh), never);
  assert.equal(current.outerHTML, fresh);
  assert(video !== null && !moved.includes(video));
});

test("an open menu stays open, a form that was sent stays sent", () => {
  const current = first(page("<details open><summary>Thêm</summary></details>"));
  morph(current, part("<details><summary>Nữa</summary></details>"), never);
  assert(current.hasAttribute("open"));
});

test("a held list changes its rows and not their order, and says how many would move", () => {
  const html = '<ol data-ordered><li data-key="a">1</li><li data-key="b">1</li></ol>';
  const current = first(page(html));
  const fresh = part(
    '<ol data-ordered><li data-key="b">2</li><li data-key="a">2</li><li data-key="c">2</li></ol>',
  );
  const { heldChanges } = morph(current, fresh, always);
  assert.deepEqual(
    [...current.children].map((row) => row.textContent),
    ["2", "2"],
  );
  assert.equal(current.firstElementChild?.getAttribute("data-key"), "a");
  assert.equal(heldChanges, 2);
  assert.equal(morph(current, fresh, never).heldChanges, 0);
  assert.equal(current.children.length, 3);
});

test("the longest run in order counts as unmoved", () => {
  assert.equal(changes(["a", "b", "c"], ["a", "b", "c"]), 0);
  assert.equal(changes(["a", "b", "c"], ["c", "a", "b"]), 1);
  assert.equal(changes(["a", "b"], ["b", "c"]), 2);
  assert.equal(changes([], ["a"]), 1);
});

test("a note that comes before what a script keeps takes nothing of it away", () => {
  const console = '<div class="console"><div data-keep>by a script</div></div>';
  const current = first(page(`<main>${console}</main>`));
  const kept = current.querySelector("[data-keep]");
  morph(current, part(`<main><div>a note</div>${console}</main>`), never);
  assert.equal(current.querySelector("[data-keep]"), kept);
  morph(current, part(`<main>${console}</main>`), never);
  assert.equal(current.querySelector("[data-keep]"), kept);
  assert.equal(current.children.length, 1);
});
