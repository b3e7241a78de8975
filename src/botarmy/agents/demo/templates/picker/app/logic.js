// The rules of fair chance: no browser. `below(n)` gives a whole number from 0 to n - 1, each equally likely.

export const MOST = 500;

/** One entry from each line that is not empty. */
export function read(text) {
  return String(text).split("\n").map((line) => line.trim()).filter(Boolean).slice(0, MOST);
}

/** `below` from a source of bytes: those past the last whole multiple are thrown away. For n up to 65,536. */
export function fairly(byte) {
  return (n) => {
    const bound = 65_536 - (65_536 % n);
    for (;;) {
      const value = byte() * 256 + byte();
      if (value < bound) return value % n;
    }
  };
}

/** What is wrong with the entries, in words; null if nothing is. */
export function fault(entries, groups = 1) {
  if (entries.length < 2) return "Type at least two entries, one on each line.";
  const possible = Number.isInteger(groups) && groups >= 1 && groups <= entries.length;
  return possible ? null : `The number of groups is 1 to ${entries.length}.`;
}

/** An entry by chance. With `once`, only those picked least often so far take part. */
export function pick(entries, history, once, below) {
  const left = once ? leastPicked(entries, history) : entries;
  return left[below(left.length)];
}

function leastPicked(entries, history) {
  const times = new Map();
  for (const entry of history) times.set(entry, (times.get(entry) ?? 0) + 1);
  const least = Math.min(...entries.map((entry) => times.get(entry) ?? 0));
  return entries.filter((entry) => (times.get(entry) ?? 0) === least);
}

export function shuffle(entries, below) {
  const mixed = [...entries];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = below(last + 1);
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

/** So many groups, dealt out like cards. */
export function group(entries, count, below) {
  const mixed = shuffle(entries, below);
  return Array.from({ length: count }, (_, place) => mixed.filter((_entry, index) => index % count === place));
}
