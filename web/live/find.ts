// A long list of choices is found in by typing a part of a name, with or without its marks.

/** Without marks, so that "na hau" finds "Nà Hẩu". */
export function plain(text: string): string {
  return text.toLocaleLowerCase("vi").normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d");
}

/** What is chosen stays in sight where the list says so. */
function isKept(choice: HTMLElement, root: HTMLElement): boolean {
  if (root.dataset.find !== "chosen") return false;
  return choice.querySelector<HTMLInputElement>("input")?.checked ?? false;
}

/** Let one type what is looked for in a list; its choices say their names as data-name. */
export function startFind(root: HTMLElement): HTMLElement | null {
  const bar = root.querySelector<HTMLElement>("[data-filter]");
  const field = bar?.querySelector<HTMLInputElement>("input[type=search]");
  const none = root.querySelector<HTMLElement>("[data-no-match]");
  if (!bar || !field) return null;
  bar.hidden = false;
  field.addEventListener("input", () => {
    const wanted = plain(field.value.trim());
    let found = 0;
    for (const choice of root.querySelectorAll<HTMLElement>("[data-name]")) {
      const isFound = plain(choice.dataset.name ?? "").includes(wanted);
      choice.hidden = !isFound && !isKept(choice, root);
      if (isFound) found += 1;
    }
    if (none) none.hidden = found > 0;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  return bar;
}
