// <dc-grid>: the pages of the grid of all points. The server draws a tile for each; this shows
// one page of them, asks the relay for their small pictures, and for none while it is closed.
import { LitElement, type TemplateResult, html } from "lit";
import { filled } from "../live/words";
import type { RtcSession } from "../webrtc/session";
import { showTiles } from "../webrtc/whep";
import { pageOf } from "./pages";

export const TILES = 25;
const SIZES = [9, 16, 25] as const;
const STORE = "diemcau-grid-size";

/** What the player has for the grid: its session, and the tracks of its tiles in their order. */
export interface TileTracks {
  readonly session: RtcSession;
  readonly tracks: readonly (MediaStreamTrack | undefined)[];
}

export class PointGrid extends LitElement {
  static override properties = { page: { state: true }, size: { state: true } };

  declare page: number;
  declare size: number;

  private words: Readonly<Record<string, string>> = {};
  private given: TileTracks | null = null;
  private asked = "";
  private readonly sheet = new CSSStyleSheet();
  private readonly seen = new MutationObserver(() => this.show());

  constructor() {
    super();
    this.page = 0;
    this.size = SIZES.find((one) => String(one) === localStorage.getItem(STORE)) ?? 9;
  }

  protected override createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.words = JSON.parse(this.dataset.words ?? "{}") as Record<string, string>;
    document.adoptedStyleSheets.push(this.sheet);
    document.addEventListener("dc-tiles", (event) => {
      this.given = (event as CustomEvent<TileTracks>).detail;
      this.asked = "";
      this.show();
    });
    this.frame?.addEventListener("toggle", () => this.show());
    this.list?.addEventListener("keydown", (event) => this.pressed(event));
    if (this.list) this.seen.observe(this.list, { childList: true });
    this.show();
  }

  private get frame(): HTMLDetailsElement | null {
    return this.closest("details");
  }

  private get list(): HTMLElement | null {
    return document.getElementById("grid-tiles");
  }

  private pressed(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.turn(step);
  }

  private turn(step: number): void {
    this.page += step;
    this.show();
  }

  private readonly resize = (event: Event): void => {
    const size = Number((event.target as HTMLSelectElement).value);
    this.page = Math.floor((this.page * this.size) / size);
    this.size = size;
    localStorage.setItem(STORE, String(size));
    this.show();
  };

  /** Shows the page's tiles, and asks for their pictures where they are others than before. */
  private show(): void {
    const tiles = [...(this.list?.querySelectorAll<HTMLElement>("[data-point]") ?? [])];
    const [page] = pageOf(tiles.length, this.size, this.page);
    this.page = page;
    const first = page * this.size;
    const columns = Math.sqrt(this.size);
    this.sheet.replaceSync(
      `.grid-tiles { --columns: ${columns} }
      .grid-tile:not(:nth-child(n + ${first + 1})), .grid-tile:nth-child(n + ${first + this.size + 1})
      { display: none }`,
    );
    const isOpen = this.frame?.open ?? false;
    void this.ask(tiles, isOpen ? tiles.slice(first, first + this.size) : []);
    this.requestUpdate();
  }

  private async ask(all: readonly HTMLElement[], shown: readonly HTMLElement[]): Promise<void> {
    const { given } = this;
    const points = shown.map((tile) => tile.dataset.point ?? "");
    const asked = points.join(" ");
    if (!given || asked === this.asked) return;
    const wasEmpty = this.asked === "";
    this.asked = asked;
    for (const tile of all) play(tile, undefined);
    try {
      // None at first: nobody's picture stands under another's name while the next is awaited.
      if (!wasEmpty) await showTiles(given.session, []);
      if (asked !== this.asked || given !== this.given) return;
      if (points.length > 0) await showTiles(given.session, points);
    } catch {
      this.asked = ""; // the next session asks again
      return;
    }
    if (asked !== this.asked || given !== this.given) return;
    for (const [place, tile] of shown.entries()) play(tile, given.tracks[place]);
  }

  override render(): TemplateResult {
    const count = this.list?.querySelectorAll("[data-point]").length ?? 0;
    const [page, last] = pageOf(count, this.size, this.page);
    const label = filled(this.words.page ?? "", { page: String(page + 1), all: String(last + 1) });
    return html`<div class="grid-pages">
      <label>${this.words.size}
        <select class="form-select" data-testid="grid-size" @change=${this.resize}>
          ${SIZES.map((one) => html`<option value=${one} ?selected=${one === this.size}>${one}</option>`)}
        </select>
      </label>
      <button class="btn" data-testid="grid-before" ?disabled=${page === 0} @click=${() => this.turn(-1)}>
        ${this.words.before}
      </button>
      <span role="status" data-testid="grid-page">${label}</span>
      <button class="btn" data-testid="grid-after" ?disabled=${page === last} @click=${() => this.turn(1)}>
        ${this.words.after}
      </button>
    </div>`;
  }
}

function play(tile: HTMLElement, track: MediaStreamTrack | undefined): void {
  const video = tile.querySelector("video");
  if (!video) return;
  video.srcObject = track ? new MediaStream([track]) : null;
  if (track) void video.play().catch(() => undefined);
}
