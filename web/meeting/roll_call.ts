// The roll call by keyboard: arrows go from row to row, letters say how one stands. Without it
// each row's buttons are sent as a form, and its name leads to its note.
import { plain } from "../live/find";
import { refreshRegions } from "../live/regions";
import { areOff, isAlone } from "../live/typing";

const LETTERS: Readonly<Record<string, string>> = {
  c: "present",
  m: "late",
  t: "substitute",
  v: "absent",
  b: "uncalled",
};
/** After these a name or a reason follows, so that the row stays chosen. */
const ASKS = new Set(["substitute", "absent"]);

const SETTLED_MS = 300;
const HELD_MS = 2000;

type Wish = Readonly<Record<string, string>>;

class RollCall {
  /** What was pressed and is on its way; it shows until the centre has said so itself. */
  private readonly pending = new Map<string, string>();
  /** What was not kept, by whose mark it was: it is said until that one is marked anew. */
  private readonly refused = new Map<string, string>();
  private sending: Promise<void> = Promise.resolve();
  private waiting = 0;
  private settling: number | null = null;
  private chosen = "";
  private isFiltered = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly note: HTMLFormElement | null,
  ) {
    form.addEventListener("submit", (event) => this.pressed(event));
    form.addEventListener("click", (event) => this.clicked(event));
    note?.addEventListener("submit", (event) => this.noted(event));
    note?.addEventListener("click", (event) => this.reasoned(event));
    note?.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.row(this.chosen)?.focus();
    });
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", ({ target }) => {
      const isUndo = target instanceof Element && target.closest("[data-key-action=z]");
      if (isUndo) this.pending.clear();
    });
    this.find.addEventListener("input", () => this.filter());
    this.find.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault();
        this.choose(this.rows[0] ?? null);
      }
    });
    // What the centre sends anew is shown with what it does not know yet.
    const kept = { subtree: true, childList: true, attributeFilter: ["data-state", "hidden"] };
    new MutationObserver(() => this.again()).observe(form, kept);
  }

  private get find(): HTMLInputElement {
    return document.querySelector<HTMLInputElement>("[data-roll-find]") as HTMLInputElement;
  }

  private get all(): HTMLElement[] {
    return [...this.form.querySelectorAll<HTMLElement>(".roll-row")];
  }

  private get rows(): HTMLElement[] {
    return this.all.filter((row) => !row.hidden);
  }

  private row(subject: string): HTMLElement | null {
    return this.all.find((row) => row.dataset.key === subject) ?? null;
  }

  private again(): void {
    for (const [subject, state] of this.pending) {
      const row = this.row(subject);
      if (row && row.dataset.state !== state) this.show(row, state);
    }
    this.filter();
  }

  /** Every change of a row comes by here, so that nothing is looked at where nothing is sought. */
  private filter(): void {
    if (this.find.value === "" && !this.isFiltered) return;
    this.isFiltered = this.find.value !== "";
    const wanted = plain(this.find.value.trim());
    let found = 0;
    for (const row of this.all) {
      const isFound = wanted === "" || plain(row.dataset.name ?? "").includes(wanted);
      if (row.hidden === isFound) row.hidden = !isFound;
      found += isFound ? 1 : 0;
    }
    const none = this.form.querySelector<HTMLElement>("[data-roll-none]");
    const isEmpty = wanted !== "" && found === 0;
    if (none && none.hidden === isEmpty) none.hidden = !isEmpty;
  }

  private choose(row: HTMLElement | null, isFocused = true): void {
    if (row === null) return;
    for (const other of this.form.querySelectorAll("[data-chosen]")) {
      other.removeAttribute("data-chosen");
    }
    row.setAttribute("data-chosen", "");
    this.chosen = row.dataset.key ?? "";
    if (isFocused) row.focus({ preventScroll: true });
    this.fill(row);
    row.scrollIntoView({ block: "nearest" });
  }

  private fill(row: HTMLElement): void {
    const note = this.note;
    if (note === null) return;
    note.hidden = false;
    note.dataset.state = row.dataset.state ?? "";
    const values: Wish = {
      subject: row.dataset.key ?? "",
      detail: row.dataset.detail ?? "",
      late_min: row.dataset.late ?? "",
      heads: row.dataset.heads ?? "",
    };
    for (const [name, value] of Object.entries(values)) this.field(name).value = value;
    const called = note.querySelector("[data-roll-name]");
    if (called) called.textContent = row.dataset.name ?? "";
  }

  private field(name: string): HTMLInputElement {
    return this.note?.elements.namedItem(name) as HTMLInputElement;
  }

  /** Go to a row near the chosen one; the first of all where none is. */
  private step(by: number): void {
    const rows = this.rows;
    const at = rows.findIndex((row) => row.dataset.key === this.chosen);
    const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by));
    this.choose(rows[next] ?? null);
  }

  private show(row: HTMLElement, state: string): void {
    row.dataset.state = state;
    for (const button of row.querySelectorAll<HTMLButtonElement>("button[name=mark]")) {
      const isIt = button.value.startsWith(`${state} `);
      button.setAttribute("aria-pressed", String(isIt));
    }
  }

  private mark(row: HTMLElement, state: string): void {
    const subject = row.dataset.key ?? "";
    if (row.dataset.state !== state) {
      row.dataset.detail = "";
      row.dataset.late = "";
    }
    this.pending.set(subject, state);
    this.show(row, state);
    this.send({ mark: `${state} ${subject}` }, subject, state);
    if (!ASKS.has(state)) this.step(1);
    else {
      this.choose(row);
      if (state === "substitute") this.field("detail").focus();
    }
  }

  /** One after the other, in the order in which they were pressed. */
  private send(wish: Wish, subject: string, state = ""): void {
    this.waiting += 1;
    this.sending = this.sending.then(async () => {
      let heldMs = 0;
      let why = "";
      try {
        const response = await fetch(this.form.action, {
          method: "POST",
          headers: { "HX-Request": "true", "X-CSRF-Token": csrf() },
          body: new URLSearchParams(wish),
        });
        heldMs = response.ok ? HELD_MS : 0;
        if (!response.ok) why = await response.text();
      } catch {
        why = this.form.dataset.lost ?? "";
      }
      this.say(subject, why);
      setTimeout(() => this.forget(subject, state), heldMs);
      this.waiting -= 1;
      if (this.waiting === 0) this.settle();
    });
  }

  private say(subject: string, why: string): void {
    if (why) this.refused.set(subject, why);
    else this.refused.delete(subject);
    const problem = document.getElementById("problem");
    const [first] = this.refused;
    if (problem === null) return;
    problem.innerHTML = first?.[1] ?? "";
    const names = [...this.refused.keys()].map((one) => this.row(one)?.dataset.name ?? "");
    const said = names.filter((name) => name).join(", ");
    if (said) problem.prepend(`${said}: `);
  }

  /** A part that was asked for before the mark was there may come after it. */
  private forget(subject: string, state: string): void {
    if (this.pending.get(subject) !== state) return;
    this.pending.delete(subject);
    this.settle();
  }

  /** Show what the centre has, once nothing more is pressed for a moment. */
  private settle(): void {
    if (this.settling !== null) clearTimeout(this.settling);
    this.settling = window.setTimeout(() => {
      if (this.waiting === 0) refreshRegions();
    }, SETTLED_MS);
  }

  private pressed(event: SubmitEvent): void {
    const button = event.submitter;
    if (!(button instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const [state = "", subject = ""] = button.value.split(" ");
    const row = this.row(subject);
    if (row === null) return;
    this.choose(row, false);
    this.mark(row, state);
  }

  private clicked(event: MouseEvent): void {
    if (!(event.target instanceof Element) || event.target.closest("button")) return;
    const row = event.target.closest<HTMLElement>(".roll-row");
    if (row === null || this.note === null) return;
    if (event.target.closest("[data-roll-choose]")) event.preventDefault();
    this.choose(row);
  }

  private noted(event: SubmitEvent): void {
    event.preventDefault();
    const names = ["subject", "detail", "late_min", "heads"];
    const wish = Object.fromEntries(names.map((name) => [name, this.field(name).value]));
    const row = this.row(wish.subject ?? "");
    if (row) {
      row.dataset.detail = wish.detail;
      row.dataset.late = wish.late_min;
      row.dataset.heads = wish.heads;
    }
    this.send(wish, "");
    this.step(1);
  }

  private reasoned(event: MouseEvent): void {
    if (!(event.target instanceof Element)) return;
    const reason = event.target.closest<HTMLElement>("[data-roll-reason]")?.dataset.rollReason;
    if (reason === undefined) return;
    this.field("detail").value = reason;
    this.note?.requestSubmit();
  }

  private key(event: KeyboardEvent): void {
    if (!isAlone(event) || event.target instanceof HTMLInputElement) return;
    const isOnControl = event.target instanceof Element && event.target.closest("button, a");
    const row = this.row(this.chosen);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.step(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "/") {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.find.select();
    } else if (areOff() || this.note === null) return;
    else if (event.key.toLowerCase() === "z") press("z");
    else if (isOnControl && [" ", "Enter"].includes(event.key)) return;
    else if (row !== null) this.letter(event, row);
  }

  private letter(event: KeyboardEvent, row: HTMLElement): void {
    const key = event.key.toLowerCase();
    const state = key === " " ? row.dataset.proposed : LETTERS[key];
    if (key === " ") event.preventDefault();
    if (state) this.mark(row, state);
    else if (key === " ") this.step(1);
    else if (key === "s" || key === "enter") {
      event.preventDefault();
      this.field(key === "s" ? "heads" : "detail").select();
    } else if (/^[1-9]$/.test(key) && row.dataset.state === "absent") {
      this.note
        ?.querySelectorAll<HTMLButtonElement>("[data-roll-reason]")
        [Number(key) - 1]?.click();
    }
  }
}

function press(key: string): void {
  const button = document.querySelector<HTMLButtonElement>(`[data-key-action="${key}"]`);
  if (button && !button.disabled) button.click();
}

function csrf(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

const form = document.querySelector<HTMLFormElement>("[data-roll-marks]");
const find = document.querySelector("[data-roll-find]");
if (form && find) new RollCall(form, document.querySelector<HTMLFormElement>("[data-roll-note]"));
