// Why less is shown than there is: what the relay answers to what a page plays, as a sentence.

/** As contracts/played.py has it. */
export interface Withheld {
  readonly rung: string;
  readonly is_by_load: boolean;
  readonly slots: readonly string[];
}

const WORDS: Readonly<Record<string, string>> = {
  sound: "onlySound",
  content: "onlyContent",
  low: "smallPictures",
};

/** Return the names of the words that say it: by whose doing, and what is left; null: nothing to say. */
export function held(withheld: Withheld | null): { by: string; what: string } | null {
  if (withheld === null) return null;
  const what = withheld.slots.length > 0 ? "picturesMissing" : "";
  const left = withheld.rung === "low" && what ? what : (WORDS[withheld.rung] ?? what);
  return left ? { by: withheld.is_by_load ? "heldByLoad" : "heldByLine", what: left } : null;
}
