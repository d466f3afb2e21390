// Names of points where there is little room: what all of them begin with is said in letters.

const LETTERS: readonly [RegExp, string][] = [
  [/(Ủy|Uỷ) ban nhân dân/giu, "UBND"],
  [/Hội đồng nhân dân/giu, "HĐND"],
  [/(Ủy|Uỷ) ban Mặt trận Tổ quốc( Việt Nam)?/giu, "UBMTTQ"],
];

/** A name as it stands under a small picture: UBND xã Nghĩa Phương. */
export function short(name: string): string {
  return LETTERS.reduce(
    (text, [words, letters]) => text.replace(words, letters),
    name.normalize("NFC"),
  );
}
