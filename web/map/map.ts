// The map: larger and smaller, to what was looked for, and put in order by hand. What is put
// somewhere is kept by the centre at once, as a fraction of the map; arrow keys do what a pointer
// does, and a press where it belongs does what dragging does.
import htmx from "htmx.org";
import { type Spot, clamped, spotOf, stepped } from "./spot";

const KEPT_AFTER_MS = 600;
const LEAST_DRAG = 4;
const LARGEST = 3;

class Arranging {
  private isOn = false;
  private held: { node: SVGGElement; from: Spot; grip: Spot; isMoved: boolean } | null = null;
  private timer: number | undefined;
  private isSwallowing = false;

  constructor(
    private readonly page: HTMLElement,
    private readonly button: HTMLElement,
  ) {
    button.addEventListener("click", () => this.toggle());
    page.addEventListener("pointerdown", (event) => this.down(event));
    page.addEventListener("pointermove", (event) => this.move(event));
    page.addEventListener("pointerup", () => this.up());
    page.addEventListener("pointercancel", () => this.up());
    page.addEventListener("click", (event) => this.click(event), true);
    page.addEventListener("dragstart", (event) => {
      if (this.isOn) event.preventDefault();
    });
    page.addEventListener("keydown", (event) => this.key(event));
  }

  private toggle(): void {
    this.isOn = !this.isOn;
    this.button.setAttribute("aria-pressed", String(this.isOn));
    for (const one of this.page.querySelectorAll<HTMLElement>("[data-arranging-hint]"))
      one.hidden = !this.isOn;
    for (const map of this.page.querySelectorAll("svg.map"))
      map.toggleAttribute("data-arranging", this.isOn);
    if (!this.isOn) this.choose(null);
  }

  private choose(node: Element | null): void {
    for (const one of this.page.querySelectorAll("[data-chosen]"))
      one.removeAttribute("data-chosen");
    node?.setAttribute("data-chosen", "");
  }

  private get chosen(): SVGGElement | null {
    return this.page.querySelector<SVGGElement>("[data-chosen]");
  }

  private down(event: PointerEvent): void {
    if (!this.isOn || event.button !== 0 || !(event.target instanceof Element)) return;
    const node = event.target.closest<SVGGElement>("g[data-node]");
    if (node === null) return;
    const grip = inMap(node, event);
    this.held = { node, from: spotOf(node), grip, isMoved: false };
    node.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    if (this.held === null) return;
    const { node, from, grip } = this.held;
    const at = inMap(node, event);
    const by = { x: at.x - grip.x, y: at.y - grip.y };
    if (!this.held.isMoved && Math.hypot(by.x, by.y) < LEAST_DRAG) return;
    this.held.isMoved = true;
    node.setAttribute("data-keep", "");
    shift(node, { x: from.x + by.x, y: from.y + by.y });
  }

  private up(): void {
    if (this.held === null) return;
    const { node, isMoved } = this.held;
    this.held = null;
    this.isSwallowing = true;
    this.choose(node);
    if (isMoved) this.keep(node);
  }

  /** While things are put in order nothing is opened: a press chooses, or says where to. */
  private click(event: MouseEvent): void {
    if (!this.isOn || !(event.target instanceof Element)) return;
    const map = event.target.closest<SVGSVGElement>("svg.map");
    if (map === null) return;
    event.preventDefault();
    const isOfDrag = this.isSwallowing;
    this.isSwallowing = false;
    const { chosen } = this;
    if (isOfDrag || chosen === null || event.target.closest("g[data-node]")) return;
    shift(chosen, inMap(chosen, event));
    this.keep(chosen);
  }

  private key(event: KeyboardEvent): void {
    if (!this.isOn || !(event.target instanceof Element)) return;
    const node = event.target.closest<SVGGElement>("g[data-node]");
    if (node === null) return;
    const spot = stepped(spotOf(node), event.key, event.shiftKey);
    if (spot !== null) {
      this.choose(node);
      node.setAttribute("data-keep", "");
      shift(node, spot);
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.keep(node), KEPT_AFTER_MS);
    } else if (event.key === "Delete") this.send({ key: keyOf(node), action: "automatic" });
    else return;
    event.preventDefault();
  }

  private keep(node: SVGGElement): void {
    node.removeAttribute("data-keep");
    const { width, height } = node.ownerSVGElement?.viewBox.baseVal ?? { width: 1, height: 1 };
    const { x, y } = spotOf(node);
    const fraction = (value: number, most: number): string => (value / most).toFixed(5);
    this.send({ key: keyOf(node), x: fraction(x, width), y: fraction(y, height) });
  }

  private send(values: Record<string, string>): void {
    void htmx.ajax("post", "/map/moves", { source: this.page, swap: "none", values });
  }
}

function keyOf(node: Element): string {
  return node.getAttribute("data-node") ?? "";
}

function inMap(node: SVGGraphicsElement, event: MouseEvent): Spot {
  const map = node.ownerSVGElement;
  const matrix = map?.getScreenCTM()?.inverse();
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  const { width, height } = map?.viewBox.baseVal ?? { width: 0, height: 0 };
  return { x: clamped(at.x, width), y: clamped(at.y, height) };
}

/** Move something, and the ends of its lines with it; never off the map. */
function shift(node: SVGGElement, { x, y }: Spot): void {
  const map = node.ownerSVGElement;
  if (map === null) return;
  const { width, height } = map.viewBox.baseVal;
  const at = { x: clamped(x, width).toFixed(1), y: clamped(y, height).toFixed(1) };
  node.setAttribute("transform", `translate(${at.x} ${at.y})`);
  const key = keyOf(node);
  const isCentre = key === "centre";
  for (const line of map.querySelectorAll("line")) {
    if (!isCentre && line.dataset.key !== `l:${key}`) continue;
    line.setAttribute(isCentre ? "x1" : "x2", at.x);
    line.setAttribute(isCentre ? "y1" : "y2", at.y);
  }
}

function zoom(page: HTMLElement, by: number): void {
  for (const frame of page.querySelectorAll<HTMLElement>(".map-frame")) {
    const level = clamped(Number(frame.dataset.zoom ?? 0) + by, LARGEST);
    const middle = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
    const height = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight;
    if (level > 0) frame.dataset.zoom = String(level);
    else delete frame.dataset.zoom;
    frame.scrollLeft = middle * frame.scrollWidth - frame.clientWidth / 2;
    frame.scrollTop = height * frame.scrollHeight - frame.clientHeight / 2;
  }
}

/** Bring what was looked for into the middle, larger. */
function toFound(page: HTMLElement): void {
  if (page.querySelector(".is-found") === null) return;
  zoom(page, 1);
  for (const one of page.querySelectorAll(".is-found")) {
    if (one.getClientRects().length === 0) continue;
    one.scrollIntoView({ block: "center", inline: "center" });
    return;
  }
}

const page = document.getElementById("map");
const tools = document.getElementById("map-tools");
if (page && tools) {
  tools.hidden = false;
  for (const one of tools.querySelectorAll<HTMLElement>("[data-zoom-by]"))
    one.addEventListener("click", () => zoom(page, Number(one.dataset.zoomBy)));
  const button = tools.querySelector<HTMLElement>("[data-arrange]");
  if (button) new Arranging(page, button);
  toFound(page);
}
