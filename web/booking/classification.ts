// Above "normal" the form ends: nothing more is asked for, and what was typed is dropped.

export function startClassification(form: HTMLFormElement): void {
  const notice = form.querySelector<HTMLElement>("[data-refusal]");
  const save = form.querySelector<HTMLButtonElement>('[data-testid="save-meeting"]');
  const update = (): void => {
    const chosen = form.querySelector<HTMLInputElement>('input[name="classification"]:checked');
    const isRefused = chosen?.dataset.refused === "1";
    form.classList.toggle("is-refused", isRefused);
    form.classList.toggle("is-waiting", chosen === null);
    if (notice) notice.hidden = !isRefused;
    if (save) save.disabled = isRefused;
    if (isRefused) forget(form);
  };
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "classification")
      update();
  });
  update();
}

function forget(form: HTMLFormElement): void {
  for (const field of form.querySelectorAll<HTMLInputElement>("[data-agenda] input")) {
    if (field.type !== "number") field.value = "";
  }
  for (const name of ["title", "document_number", "secretary", "chair_name"]) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = "";
  }
}
