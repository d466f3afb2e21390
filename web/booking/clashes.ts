// Clashes are asked for as one chooses; a free time is taken over by pressing it.
import htmx from "htmx.org";

const DELAY_MS = 300;
const day = new Intl.DateTimeFormat(document.documentElement.lang, {
  weekday: "long",
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  timeZone: "UTC",
});

function field(form: HTMLFormElement, name: string): string {
  const element = form.elements.namedItem(name);
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement
    ? element.value
    : "";
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const element = form.elements.namedItem(name);
  if (element instanceof HTMLInputElement) element.value = value;
}

function showWhen(form: HTMLFormElement): void {
  const shown = form.querySelector('[data-sum="when"]');
  const [date, begins] = [field(form, "date"), field(form, "begins")];
  const start = new Date(`${date}T${begins}:00Z`);
  if (!shown || Number.isNaN(start.getTime())) return;
  const end = new Date(start.getTime() + Number(field(form, "minutes")) * 60_000);
  shown.textContent = `${day.format(start)}, ${begins}–${end.toISOString().slice(11, 16)}`;
}

export function startClashes(form: HTMLFormElement): void {
  let timer: number | null = null;
  const check = (): void => {
    showWhen(form);
    if (timer !== null) clearTimeout(timer);
    timer = window.setTimeout(() => htmx.trigger(form, "clash-check", {}), DELAY_MS);
  };
  form.addEventListener("chosen", check);
  form.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const free = event.target.closest<HTMLButtonElement>("[data-free-date]");
    if (!free) return;
    event.preventDefault();
    set(form, "date", free.dataset.freeDate ?? "");
    set(form, "begins", free.dataset.freeBegins ?? "");
    document.getElementById("begins")?.focus();
    check();
  });
  showWhen(form);
}
