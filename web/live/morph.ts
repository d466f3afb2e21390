// Turns what is on the page into what the server sent, touching only what differs, so
// that focus, pointer, scrolling, open menus and playing videos stay as they are.
//
//   data-key / id     the same thing in both, whatever its place
//   data-keep         belongs to a script: neither touched nor taken out
//   data-ordered      a list that must not re-sort while it is held

/** Whether a list may not be re-sorted now. */
export type IsHeld = (list: Element) => boolean;

/** How many rows of held lists stand in another order than the server's. */
export interface Outcome {
  heldChanges: number;
}

export function morph(current: Element, fresh: Element, isHeld: IsHeld): Outcome {
  const outcome: Outcome = { heldChanges: 0 };
  morphElement(current, fresh, isHeld, outcome);
  return outcome;
}

function keyOf(node: Node): string | null {
  if (!(node instanceof Element)) return null;
  return node.getAttribute("data-key") ?? (node.id === "" ? null : `#${node.id}`);
}

function isSame(a: Node, b: Node): boolean {
  if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName || keyOf(a) !== keyOf(b)) return false;
  return keyOf(a) !== null || holdsKept(a) === holdsKept(b);
}

/** A note that comes before what a script's own stands in is not that, though both have no name. */
function holdsKept(node: Node): boolean {
  return node instanceof Element && node.querySelector("[data-keep]") !== null;
}

function morphElement(current: Element, fresh: Element, isHeld: IsHeld, outcome: Outcome): void {
  if (current.hasAttribute("data-keep") || current.isEqualNode(fresh)) return;
  morphAttributes(current, fresh);
  if (current.matches("[data-clock], [data-elapsed-since]")) return; // these tick by themselves
  if (current.hasAttribute("data-ordered") && isHeld(current)) {
    morphHeld(current, fresh, isHeld, outcome);
  } else {
    morphChildren(current, fresh, isHeld, outcome);
  }
}

/** Attributes a script or the person sets; the server's answer does not take them away. */
const SCRIPTS_OWN = new Set([
  "open",
  "data-once-sent",
  "data-turned",
  "data-zoom",
  "data-speech",
  "data-chosen",
  "data-arranging",
]);

function morphAttributes(current: Element, fresh: Element): void {
  for (const { name } of [...current.attributes]) {
    if (!fresh.hasAttribute(name) && !SCRIPTS_OWN.has(name)) current.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (current.getAttribute(name) !== value) current.setAttribute(name, value);
  }
}

function morphNode(current: Node, fresh: Node, isHeld: IsHeld, outcome: Outcome): void {
  if (current instanceof Element && fresh instanceof Element) {
    morphElement(current, fresh, isHeld, outcome);
  } else if (current.nodeValue !== fresh.nodeValue) {
    current.nodeValue = fresh.nodeValue;
  }
}

function morphChildren(current: Element, fresh: Element, isHeld: IsHeld, outcome: Outcome): void {
  const left = new Set<Node>(current.childNodes);
  let place: Node | null = current.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const match = place !== null && isSame(place, wanted) ? place : find(left, wanted);
    if (match === null) {
      current.insertBefore(document.importNode(wanted, true), place);
      continue;
    }
    left.delete(match);
    if (match === place || (isKept(match) && isAhead(match, place))) place = match.nextSibling;
    else current.insertBefore(match, place);
    morphNode(match, wanted, isHeld, outcome);
  }
  for (const node of left) {
    if (!isKept(node)) current.removeChild(node);
  }
}

/** What belongs to a script stays where it is, and what stood before it goes: moved, it would
 * end and begin anew. */
function isKept(node: Node): boolean {
  return node instanceof Element && node.hasAttribute("data-keep");
}

function isAhead(node: Node, place: Node | null): boolean {
  if (place === null) return false;
  return (place.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

function find(candidates: ReadonlySet<Node>, wanted: Node): Node | null {
  for (const node of candidates) {
    if (isSame(node, wanted)) return node;
  }
  return null;
}

/** Rows change where they stand; none moves, comes or goes until the list is let go. */
function morphHeld(current: Element, fresh: Element, isHeld: IsHeld, outcome: Outcome): void {
  const wanted = [...fresh.children];
  const order = wanted.map(keyOf);
  const shown = [...current.children].map(keyOf);
  for (const row of current.children) {
    const match = wanted.find((one) => keyOf(one) === keyOf(row));
    if (match) morphElement(row, match, isHeld, outcome);
  }
  outcome.heldChanges += changes(shown, order);
}

/** How many rows come, go, or stand elsewhere; the longest run in order counts as unmoved. */
export function changes(
  before: readonly (string | null)[],
  after: readonly (string | null)[],
): number {
  const places = before.map((key) => after.indexOf(key)).filter((place) => place >= 0);
  const runs: number[] = [];
  places.forEach((place, i) => {
    const earlier = places.slice(0, i).map((other, j) => (other < place ? (runs[j] ?? 0) : 0));
    runs.push(Math.max(0, ...earlier) + 1);
  });
  const moved = places.length - Math.max(0, ...runs);
  return before.length + after.length - 2 * places.length + moved;
}
