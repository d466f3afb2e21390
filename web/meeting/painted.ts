// The console as it is drawn while the centre is away: what the server drew last, with the floor
// that the relay tells. Nothing of it has to be taken back: the centre's next answer draws anew.
import { filled } from "../live/words";
import { type Floor, type Place, actOn, holdersOf, nextOf, speakerOf } from "./floor";

export type Words = Readonly<Record<string, string>>;

const OF_THE_FLOOR = 'form[action$="/floor"]';
/** What goes on without the centre: pictures, the pages of the grid, looking through lists. */
const OWN = "dc-player, dc-grid, dc-steering, .tabs";

function seats(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('[data-testid^="seat-"]')];
}

export function nameOf(root: ParentNode, who: string): string {
  const seat = seats(root).find((one) => one.dataset.key === who);
  return seat ? nameOn(seat) : who;
}

function nameOn(seat: HTMLElement): string {
  const name = seat.querySelector(".seat-who > :first-child")?.textContent?.trim();
  return name ?? seat.dataset.key ?? "";
}

/** Which of the console's controls ask what the relay can do. */
export function isSteerable(form: HTMLFormElement): boolean {
  if (!form.matches(OF_THE_FLOOR)) return false;
  const action = form.querySelector<HTMLInputElement>('[name="action"]')?.value;
  return action !== "undo" && action !== "stage";
}

export function paint(
  root: HTMLElement,
  floor: Floor,
  given: ReadonlySet<string>,
  words: Words,
): void {
  for (const seat of seats(root)) paintSeat(seat, floor, words);
  for (const form of root.querySelectorAll<HTMLFormElement>(`.segments ${OF_THE_FLOOR}`)) {
    const mode = form.querySelector<HTMLInputElement>('[name="mode"]')?.value;
    set(form.querySelector("button"), "aria-pressed", String(mode === (floor.mode ?? "one_mic")));
  }
  for (const row of root.querySelectorAll<HTMLElement>(".queued"))
    row.hidden = given.has(queuedOf(row));
  paintSpeaker(root, floor, words);
  const withdraw = root.querySelector<HTMLButtonElement>('[data-testid="withdraw"]');
  if (withdraw) withdraw.disabled = holdersOf(floor).length === 0;
  paintNext(root, floor, given, words);
  wait(document.querySelector("main") ?? root, words.waits ?? "");
}

function queuedOf(row: HTMLElement): string {
  return (row.dataset.key ?? "").replace(/^queue-/, "");
}

function paintSeat(seat: HTMLElement, floor: Floor, words: Words): void {
  const who = seat.dataset.key ?? "";
  const holds = holdersOf(floor).includes(who);
  const isMuted = floor.muted?.includes(who) ?? false;
  const isPresent = seat.dataset.present === "yes";
  seat.classList.toggle("is-speaking", holds);
  if (holds || isPresent) {
    const [icon, said] = holds
      ? ["floor", words.hasFloor]
      : isMuted
        ? ["muted", words.muted]
        : ["tick", words.isIn];
    const use = seat.querySelector(".state use");
    const href = use?.getAttribute("href") ?? "";
    if (use) set(use, "href", `${href.split("#")[0]}#${icon}`);
    say(seat.querySelector(".second"), said ?? "");
  }
  const form = seat.querySelector<HTMLFormElement>(OF_THE_FLOOR);
  const button = form?.querySelector("button");
  if (!form || !button) return;
  const action = actOn(floor, who);
  const name = nameOn(seat);
  setField(form, "action", action);
  say(button, words[action] ?? "");
  set(button, "data-testid", `${action}-${who}`);
  set(button, "aria-label", filled(words[`${action}Spoken`] ?? "", { name }));
}

function paintSpeaker(root: HTMLElement, floor: Floor, words: Words): void {
  const figure = root.querySelector<HTMLElement>("#figure-speaker");
  if (!figure || floor.mode === "discussion") return;
  const speaker = speakerOf(floor);
  figure.classList.toggle("has-floor", speaker !== null);
  const empty = figure.querySelector<HTMLElement>("#speaker-empty");
  const caption = figure.querySelector<HTMLElement>("figcaption:not([data-of-relay])");
  if (empty) empty.hidden = speaker !== null;
  if (caption) caption.hidden = true; // its clock is of who had the floor at the centre
  let own = figure.querySelector<HTMLElement>("[data-of-relay]");
  if (!own) {
    own = document.createElement("figcaption");
    own.setAttribute("data-of-relay", "");
    own.setAttribute("data-testid", "speaker-of-relay");
    own.append(document.createElement("strong"));
    figure.append(own);
  }
  own.hidden = speaker === null && empty !== null;
  say(own.firstElementChild, speaker === null ? (words.nobody ?? "") : nameOf(root, speaker));
}

function paintNext(
  root: HTMLElement,
  floor: Floor,
  given: ReadonlySet<string>,
  words: Words,
): void {
  const button = root.querySelector<HTMLButtonElement>('[data-testid="invite-next"]');
  const form = button?.closest("form");
  if (!button || !form) return;
  const places: Place[] = seats(root).map((seat) => ({
    who: seat.dataset.key ?? "",
    isPresent: seat.dataset.present === "yes" && seat.querySelector(OF_THE_FLOOR) !== null,
  }));
  const queue = [...root.querySelectorAll<HTMLElement>(".queued")].map(queuedOf);
  const next = nextOf(floor, queue, places, given);
  button.disabled = next === null;
  if (next === null) return;
  setField(form, "point_id", next);
  const text = [...button.childNodes].find((node) => node.nodeType === 3);
  const said = filled(words.grantSpoken ?? "", { name: nameOf(root, next) });
  if (text && text.nodeValue !== said) text.nodeValue = said;
}

/** Let what is the centre's wait, with the reason. */
function wait(root: HTMLElement, why: string): void {
  const dialogs = document.querySelectorAll<HTMLElement>("dialog");
  for (const place of [root, ...dialogs]) {
    for (const form of place.querySelectorAll<HTMLFormElement>("form")) {
      if (form.method !== "post" || isSteerable(form)) continue;
      for (const control of form.querySelectorAll<HTMLButtonElement | HTMLSelectElement>(
        "button, select",
      ))
        hold(control, why);
    }
  }
  for (const link of root.querySelectorAll<HTMLElement>("a[data-open], a.btn"))
    if (!link.closest(OWN)) hold(link, why);
}

function hold(control: HTMLElement, why: string): void {
  if (control.hasAttribute("data-waits")) return;
  if ("disabled" in control) {
    const isAble = control.disabled === false;
    if (!isAble) return;
    control.disabled = true;
  } else {
    control.setAttribute("aria-disabled", "true");
  }
  control.setAttribute("data-waits", control.title);
  control.title = why;
}

/** Let everything that waited go on. */
export function release(): void {
  for (const control of document.querySelectorAll<HTMLElement>("[data-waits]")) {
    if ("disabled" in control) control.disabled = false;
    control.removeAttribute("aria-disabled");
    control.title = control.dataset.waits ?? "";
    if (control.title === "") control.removeAttribute("title");
    control.removeAttribute("data-waits");
  }
  for (const own of document.querySelectorAll("[data-of-relay]")) own.remove();
  for (const hidden of document.querySelectorAll<HTMLElement>(
    "#figure-speaker > [hidden], .queued[hidden]",
  ))
    hidden.hidden = false;
}

function set(element: Element | null, name: string, value: string): void {
  if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function say(element: Element | null, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

function setField(form: HTMLFormElement, name: string, value: string): void {
  const field = form.querySelector<HTMLInputElement>(`[name="${name}"]`);
  if (field && field.value !== value) set(field, "value", value);
}
