// The rules of converting: no browser. A unit is { id, factor, offset }; value × factor + offset is in the base unit.

/** A number such as `-3`, `12.5`, `12,5`; null for anything else. */
export function read(text) {
  const clean = String(text).trim().replace("−", "-").replace(",", ".");
  return /^[+-]?\d{1,15}(\.\d{0,15})?$/.test(clean) ? Number(clean) : null;
}

export function convert(value, from, to) {
  if (from.id === to.id) return value;
  return (value * from.factor + from.offset - to.offset) / to.factor;
}

/** The value in each unit but its own. */
export function others(value, from, units) {
  return units.filter((unit) => unit.id !== from.id).map((unit) => ({ unit, value: convert(value, from, unit) }));
}

/** For reading: ten significant digits, no noise, a true minus. */
export function show(value) {
  const rounded = Number(value.toPrecision(10));
  const text = Math.abs(rounded) < 1e-9 && value !== 0 ? (Math.abs(value) < 1e-12 ? "0" : value.toExponential(3)) : String(rounded);
  return text.replace("-", "−");
}

export function find(categories, unit) {
  return categories.find((category) => category.units.some(({ id }) => id === unit)) ?? categories[0];
}
