// The rules of making passwords: no browser. Randomness comes in: `byte()` gives whole numbers from 0 to 255.

export const LENGTH = { least: 4, most: 64 };
export const KINDS = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  digits: "0123456789",
  symbols: "!?#$%&*+-_=.:;,@",
};
const LOOK_ALIKES = new Set("lI1O0o|");
const TRIES = 10_000;

/** The kinds that are chosen, each as its characters. */
export function chosen(options) {
  return Object.entries(KINDS)
    .filter(([kind]) => options[kind])
    .map(([, characters]) => (options.readable ? [...characters].filter((c) => !LOOK_ALIKES.has(c)).join("") : characters));
}

/** What is wrong with the options, in words; null if nothing is. */
export function fault(options) {
  if (chosen(options).length === 0) return "Choose at least one kind of character.";
  const fits = Number.isInteger(options.length) && options.length >= LENGTH.least && options.length <= LENGTH.most;
  return fits ? null : `The length is ${LENGTH.least} to ${LENGTH.most}.`;
}

/** A character of the alphabet, each equally likely: bytes past the last whole multiple are thrown away. */
export function character(alphabet, byte) {
  const bound = 256 - (256 % alphabet.length);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const value = byte();
    if (value < bound) return alphabet[value % alphabet.length];
  }
  throw new Error("The source of randomness gives no usable bytes.");
}

/** A password in which each chosen kind occurs. Raises an error for options that have a fault. */
export function generate(options, byte) {
  const wrong = fault(options);
  if (wrong) throw new Error(wrong);
  const kinds = chosen(options);
  const alphabet = kinds.join("");
  for (let tries = 0; tries < TRIES; tries += 1) {
    const password = Array.from({ length: options.length }, () => character(alphabet, byte)).join("");
    if (kinds.every((kind) => [...password].some((c) => kind.includes(c)))) return password;
  }
  throw new Error("The source of randomness is not random.");
}

/** How hard it is to guess: bits, and a word for them. */
export function strength(options) {
  const bits = Math.floor(options.length * Math.log2(chosen(options).join("").length || 1));
  const word = bits < 45 ? "weak" : bits < 65 ? "fair" : bits < 90 ? "strong" : "very strong";
  return { bits, word };
}
