// The agenda's rows: their hours as they follow one another, more of them, moved by keys.

const FIELDS = ["agenda_title", "agenda_minutes", "agenda_speaker"] as const;

function rows(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("[data-agenda-row]")];
}

function input(row: HTMLElement, name: string): HTMLInputElement | null {
  return row.querySelector<HTMLInputElement>(`input[name="${name}"]`);
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function clock(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** When each row begins, in minutes of the day; a row without content takes no time. */
export function beginnings(
  begins: string,
  items: readonly { title: string; minutes: string }[],
): string[] {
  let at = minutesOf(begins);
  return items.map((one) => {
    if (one.title.trim() === "") return "";
    const shown = clock(at);
    at += Math.max(0, Math.trunc(Number(one.minutes)) || 0);
    return shown;
  });
}

function showHours(form: HTMLFormElement, list: HTMLElement): void {
  const begins = form.querySelector<HTMLInputElement>("#begins")?.value ?? "";
  const all = rows(list);
  const typed = all.map((row) => ({
    title: input(row, "agenda_title")?.value ?? "",
    minutes: input(row, "agenda_minutes")?.value ?? "",
  }));
  const hours = begins === "" ? typed.map(() => "") : beginnings(begins, typed);
  for (const [place, row] of all.entries()) {
    const shown = row.querySelector("[data-agenda-at]");
    if (shown) shown.textContent = hours[place] ?? "";
  }
}

function another(list: HTMLElement, most: number): HTMLElement | null {
  const all = rows(list);
  const last = all.at(-1);
  if (!last || all.length >= most) return null;
  const made = last.cloneNode(true);
  if (!(made instanceof HTMLElement)) return null;
  for (const name of FIELDS) {
    const field = input(made, name);
    if (!field) continue;
    const id = `${name.replace("_", "-")}-${all.length + 1}`;
    const label = field.previousElementSibling;
    if (label instanceof HTMLLabelElement) {
      label.htmlFor = id;
      label.textContent = (label.textContent ?? "").replace(/\d+/, String(all.length + 1));
    }
    field.id = id;
    if (name !== "agenda_minutes") field.value = "";
  }
  list.append(made);
  return made;
}

function move(row: HTMLElement, isUp: boolean): void {
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (isUp) other.before(row);
  else other.after(row);
}

export function startAgenda(form: HTMLFormElement): void {
  const panel = form.querySelector<HTMLElement>("[data-agenda]");
  const list = panel?.querySelector<HTMLElement>("[data-agenda-rows]");
  if (!panel || !list) return;
  const most = Number(panel.dataset.most ?? "0");
  const hint = panel.querySelector<HTMLElement>("[data-agenda-keys]");
  if (hint) hint.hidden = false;
  const show = (): void => showHours(form, list);
  panel.querySelector("[data-agenda-more]")?.addEventListener("click", (event) => {
    event.preventDefault();
    const made = another(list, most);
    if (made) input(made, "agenda_title")?.focus();
  });
  list.addEventListener("input", show);
  form.addEventListener("chosen", show);
  list.addEventListener("keydown", (event) => {
    const field = event.target;
    const row =
      field instanceof HTMLInputElement ? field.closest<HTMLElement>("[data-agenda-row]") : null;
    if (!row || !(field instanceof HTMLInputElement)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const all = rows(list);
      const next = all[all.indexOf(row) + 1] ?? another(list, most);
      if (next) input(next, "agenda_title")?.focus();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp");
      field.focus();
      show();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  show();
}
