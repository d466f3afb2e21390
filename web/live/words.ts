// Texts that the server put into the page for a script to fill in.

/** Return a text with {name} places filled. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Return which of two texts belongs to a count, filled in. */
export function counted(one: string, many: string, count: number): string {
  return count === 1 ? one : filled(many, { n: String(count) });
}
