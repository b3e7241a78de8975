// The rules of a shared bill, in whole cents; no browser.

export const LIMITS = { bill: 1_000_000, tip: 100, people: 50 };

/** An amount such as `12`, `12.5`, `12,50` in cents; null for anything else. */
export function cents(text) {
  const match = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(String(text).trim());
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
}

/** What was typed, as numbers, or the first thing that is wrong with it, in words. */
export function check({ bill, tip, people }) {
  const billCents = cents(bill);
  if (billCents === null || billCents === 0 || billCents > LIMITS.bill * 100) {
    return { error: "The bill is an amount such as 84.50." };
  }
  const percent = cents(tip);
  if (percent === null || percent > LIMITS.tip * 100) return { error: `The tip is 0 to ${LIMITS.tip} percent.` };
  const count = /^\d{1,2}$/.test(String(people).trim()) ? Number(people) : 0;
  if (count < 1 || count > LIMITS.people) return { error: `The number of people is 1 to ${LIMITS.people}.` };
  return { bill: { billCents, percent: percent / 100, people: count } };
}

/** Tip, total and each one's share. Weights are shares of each person; missing ones count as one. */
export function settle({ billCents, percent, people }, weights = [], roundUp = false) {
  const tipCents = Math.round((billCents * Math.round(percent * 100)) / 10_000);
  const totalCents = billCents + tipCents;
  const each = Array.from({ length: people }, (_, index) => weights[index] ?? 1);
  const exact = split(totalCents, each);
  const shares = roundUp ? exact.map((share) => Math.ceil(share / 100) * 100) : exact;
  return { tipCents, totalCents, shares, extraCents: sum(shares) - totalCents };
}

/** Whole cents by weight that add up exactly: the cents left over go to the largest remainders. */
export function split(total, weights) {
  const parts = weights.map((weight) => Math.round(weight * 100));
  const whole = sum(parts);
  if (whole === 0) return weights.map(() => 0);
  const shares = parts.map((part) => Math.floor((total * part) / whole));
  const order = parts.map((part, index) => ({ index, rest: (total * part) % whole })).sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of order.slice(0, total - sum(shares))) shares[index] += 1;
  return shares;
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export function money(amount, sign = "") {
  return `${sign}${(amount / 100).toFixed(2)}`;
}
