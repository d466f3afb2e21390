// Templates of the chosen type come first; the others keep their order after them.

export function startTemplates(form: HTMLFormElement): void {
  const list = form.querySelector<HTMLElement>("[data-templates]");
  const kind = form.querySelector<HTMLSelectElement>("#kind");
  if (!list || !kind) return;
  const buttons = [...list.querySelectorAll<HTMLElement>("[data-kind]")];
  kind.addEventListener("change", () => {
    const isFirst = (one: HTMLElement): boolean => one.dataset.kind === kind.value;
    list.append(...buttons.filter(isFirst), ...buttons.filter((one) => !isFirst(one)));
  });
}
