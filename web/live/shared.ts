// One event stream for all tabs of a browser: it has six connections to the centre over
// HTTP/1.1, and the seventh tab would wait for ever, and hold up the first.
//
// The tab that holds the lock listens to the centre and tells the others; when it goes,
// the next in the queue does. A hidden tab neither listens nor waits, and looks again when
// it is shown. Where a browser gives no locks (a page without HTTPS), each shown tab
// listens for itself.

import { hasEnded } from "./session";

const NAME = "diemcau-events ";
const RETRY_MS = 3000;

/** What the page does with what is heard. */
export interface Hearer {
  made(): void;
  /** Nobody listens: whatever happens until the next `made` has to be looked up then. */
  lost(): void;
  /** Nobody is signed in any more. */
  ended(): void;
  event(name: string, data: string): void;
}

type Word =
  | { readonly kind: "made" | "lost" | "ended" | "ask" }
  | { readonly kind: "event"; readonly name: string; readonly data: string };

/** The centre's stream, connected again for as long as it is wanted. */
class Source {
  private source: EventSource | null = null;
  private timer: number | null = null;
  isMade = false;

  constructor(
    private readonly url: string,
    private readonly names: readonly string[],
    private readonly tell: (word: Word) => void,
  ) {
    this.connect();
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private connect(): void {
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => this.became(true);
    source.onerror = () => {
      this.became(false);
      // Refused, not cut: the browser leaves the next attempt to the page.
      if (source.readyState !== EventSource.CLOSED) return;
      this.timer = window.setTimeout(() => void this.again(), RETRY_MS);
    };
    for (const name of this.names) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        this.tell({ kind: "event", name, data: event.data });
      });
    }
  }

  private async again(): Promise<void> {
    if (await hasEnded()) this.tell({ kind: "ended" });
    else if (this.source !== null) this.connect();
  }

  private became(isMade: boolean): void {
    this.isMade = isMade;
    this.tell({ kind: isMade ? "made" : "lost" });
  }
}

export class SharedStream {
  private channel: BroadcastChannel | null = null;
  private waiting: AbortController | null = null;
  private source: Source | null = null;
  private release: (() => void) | null = null;
  /** Tabs share what they hear of one stream: a guest's is of one meeting alone. */
  private readonly name: string;

  constructor(
    private readonly url: string,
    private readonly names: readonly string[],
    private readonly hearer: Hearer,
  ) {
    this.name = NAME + url;
  }

  begin(): void {
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("pagehide", () => this.rest());
    window.addEventListener("pageshow", () => this.look());
    this.look();
  }

  private look(): void {
    if (document.visibilityState === "hidden") this.rest();
    else if (this.waiting === null) this.wake();
  }

  private wake(): void {
    this.waiting = new AbortController();
    this.hearer.lost();
    if (!("locks" in navigator) || !("BroadcastChannel" in window)) {
      this.source = new Source(this.url, this.names, (word) => this.take(word));
      return;
    }
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }: MessageEvent<Word>) => this.heard(data);
    this.channel.postMessage({ kind: "ask" } satisfies Word);
    const { signal } = this.waiting;
    navigator.locks
      .request(this.name, { signal }, () => this.lead(signal))
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  }

  private rest(): void {
    if (this.waiting === null) return;
    this.waiting.abort();
    this.waiting = null;
    this.source?.close();
    this.source = null;
    this.channel?.close();
    this.channel = null;
    this.release?.();
    this.release = null;
  }

  /** Listen for all tabs until this one rests. */
  private lead(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    this.tell({ kind: "lost" });
    this.source = new Source(this.url, this.names, (word) => this.tell(word));
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  private tell(word: Word): void {
    this.channel?.postMessage(word);
    this.take(word);
  }

  private heard(word: Word): void {
    if (word.kind !== "ask") this.take(word);
    else if (this.source !== null) {
      this.channel?.postMessage({ kind: this.source.isMade ? "made" : "lost" } satisfies Word);
    }
  }

  private take(word: Word): void {
    if (word.kind === "event") this.hearer.event(word.name, word.data);
    else if (word.kind !== "ask") this.hearer[word.kind]();
  }
}
