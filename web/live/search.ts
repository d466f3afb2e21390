// The field in the bar: `/` leads to it, what is found shows as one types, arrows go through it.
// Without it the form leads to a page of its own.
import { areOff, isAlone } from "./typing";

const SOON_MS = 150;

class SearchField {
  private timer: number | undefined;
  private asked = 0;

  constructor(
    form: HTMLFormElement,
    private readonly input: HTMLInputElement,
    private readonly found: HTMLElement,
    private readonly said: HTMLElement,
  ) {
    input.addEventListener("input", () => this.plan(SOON_MS));
    input.addEventListener("focus", () => {
      if (found.hidden) this.plan(0);
    });
    form.addEventListener("keydown", (event) => this.key(event));
    form.addEventListener("focusout", ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && form.contains(relatedTarget))) this.close();
    });
    // Where a browser gives a pressed link no focus, the list would be gone before the click.
    found.addEventListener("mousedown", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || areOff() || !isAlone(event)) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
  }

  private plan(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask(), delayMs);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.asked += 1; // what is still to come is no longer wanted
    this.found.hidden = true;
    this.said.textContent = "";
  }

  private async ask(): Promise<void> {
    const typed = this.input.value.trim();
    if (typed === "") return this.close();
    this.asked += 1;
    const number = this.asked;
    const address = `/parts/search?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
    const html = answer?.ok && !answer.redirected ? await answer.text() : "";
    if (number !== this.asked || html === "") return;
    const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!(fresh instanceof HTMLElement)) return;
    this.found.replaceChildren(document.importNode(fresh, true));
    this.found.hidden = false;
    this.said.textContent = fresh.dataset.said ?? "";
  }

  private key(event: KeyboardEvent): void {
    const stops: HTMLElement[] = [this.input, ...this.found.querySelectorAll<HTMLElement>("a")];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape" && !this.found.hidden) {
      event.preventDefault(); // what was typed stays
      this.input.focus();
      this.close();
    } else if (step !== undefined && !this.found.hidden && at >= 0) {
      event.preventDefault();
      stops[(at + step + stops.length) % stops.length]?.focus();
    }
  }
}

export function startSearch(): void {
  const form = document.getElementById("search-form");
  const input = document.getElementById("search");
  const found = document.getElementById("search-found");
  const said = document.getElementById("search-said");
  if (form instanceof HTMLFormElement && input instanceof HTMLInputElement && found && said)
    new SearchField(form, input, found, said);
}
