// Choosing points: whole units, everything, a filter by name; the summary follows.
import { startFind } from "../live/find";
import { counted } from "../live/words";

function boxes(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>('input[name="participants"]')];
}

function changed(form: HTMLFormElement): void {
  form.dispatchEvent(new Event("chosen"));
}

function unitsUnder(form: HTMLFormElement, unit: HTMLElement): HTMLElement[] {
  const below = (unit.dataset.below ?? "").split(" ").filter((id) => id !== "");
  const all = [...form.querySelectorAll<HTMLElement>("[data-unit]")];
  return [unit, ...all.filter((one) => below.includes(one.dataset.unit ?? ""))];
}

function own(units: readonly HTMLElement[]): HTMLInputElement[] {
  return units.flatMap((unit) => [
    ...unit.querySelectorAll<HTMLInputElement>('input[name="participants"]'),
  ]);
}

function startUnits(form: HTMLFormElement): void {
  for (const unit of form.querySelectorAll<HTMLElement>("[data-unit]")) {
    const points = own(unitsUnder(form, unit));
    const all = unit.querySelector<HTMLInputElement>("[data-unit-all]");
    const label = unit.querySelector<HTMLElement>("[data-unit-label]");
    const name = unit.querySelector<HTMLElement>("[data-unit-plain]");
    if (!all || !label || !name || points.length === 0) continue;
    label.hidden = false;
    name.hidden = true;
    const show = (): void => {
      const count = points.filter((point) => point.checked).length;
      all.checked = count === points.length;
      all.indeterminate = count > 0 && count < points.length;
    };
    all.addEventListener("change", () => {
      for (const point of points) point.checked = all.checked;
      changed(form);
    });
    form.addEventListener("chosen", show);
    show();
  }
}

function startFilter(form: HTMLFormElement): void {
  const bar = startFind(form);
  if (!bar) return;
  const setAll = (isChosen: boolean) => (): void => {
    for (const point of boxes(form)) {
      if (!point.closest<HTMLElement>("[data-name]")?.hidden) point.checked = isChosen;
    }
    changed(form);
  };
  bar.querySelector("[data-all]")?.addEventListener("click", setAll(true));
  bar.querySelector("[data-none]")?.addEventListener("click", setAll(false));
}

function startSummary(form: HTMLFormElement): void {
  const count = form.querySelector<HTMLElement>("[data-chosen-count]");
  const chair = form.querySelector<HTMLSelectElement>("#chair_point_id");
  const sums = (name: string): Element | null => form.querySelector(`[data-sum="${name}"]`);
  const show = (): void => {
    const chosen = new Set(
      boxes(form)
        .filter((box) => box.checked)
        .map((box) => box.value),
    );
    if (chair?.value) chosen.add(chair.value);
    const text = counted(count?.dataset.one ?? "", count?.dataset.many ?? "", chosen.size);
    if (count) count.textContent = text;
    const points = sums("points");
    if (points) points.textContent = text;
    const name = sums("chair");
    const option = chair?.selectedOptions[0];
    if (name && option && chair.value) name.textContent = option.textContent;
  };
  form.addEventListener("chosen", show);
  show();
}

export function startParticipants(form: HTMLFormElement): void {
  startUnits(form);
  startFilter(form);
  startSummary(form);
  form.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-clash]")) changed(form);
  });
}
