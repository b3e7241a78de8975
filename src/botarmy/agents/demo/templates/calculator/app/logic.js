// The rules of sums: a small parser, one function for each level of precedence. Nothing is ever run as code.

export const LONGEST = 200;
const TOKEN = /\s*(?:(\d+(?:[.,]\d*)?|[.,]\d+)|([-+*/^%()]))/y;

/** What a sum comes to: { value }, or { error } in words. An empty sum has neither. */
export function calculate(text) {
  const sum = String(text).replaceAll("×", "*").replaceAll("÷", "/").replaceAll("−", "-").trim();
  if (sum === "") return {};
  if (sum.length > LONGEST) return { error: `A sum has at most ${LONGEST} characters.` };
  try {
    const reader = { tokens: tokens(sum), place: 0 };
    const value = additions(reader);
    if (reader.place < reader.tokens.length) throw new Fault(`“${reader.tokens[reader.place]}” does not fit here.`);
    if (!Number.isFinite(value)) throw new Fault("The result is too large.");
    return { value };
  } catch (fault) {
    if (fault instanceof Fault) return { error: fault.message };
    throw fault;
  }
}

class Fault extends Error {}

function tokens(sum) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < sum.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(sum);
    if (!match) throw new Fault(`“${sum.slice(from).trim().slice(0, 12)}” is not a part of a sum.`);
    found.push(match[1] ? Number(match[1].replace(",", ".")) : match[2]);
  }
  return found;
}

function take(reader, ...operators) {
  const token = reader.tokens[reader.place];
  if (!operators.includes(token)) return null;
  reader.place += 1;
  return token;
}

function additions(reader) {
  let value = products(reader);
  for (let operator = take(reader, "+", "-"); operator; operator = take(reader, "+", "-")) {
    const right = products(reader);
    value = operator === "+" ? value + right : value - right;
  }
  return value;
}

function products(reader) {
  let value = signed(reader);
  for (let operator = take(reader, "*", "/"); operator; operator = take(reader, "*", "/")) {
    const right = signed(reader);
    if (operator === "/" && right === 0) throw new Fault("Nothing can be divided by zero.");
    value = operator === "*" ? value * right : value / right;
  }
  return value;
}

function signed(reader) {
  const sign = take(reader, "-", "+");
  if (sign) return sign === "-" ? -signed(reader) : signed(reader);
  return power(reader);
}

function power(reader) {
  const base = percent(reader);
  if (!take(reader, "^")) return base;
  const value = base ** signed(reader);
  if (Number.isNaN(value)) throw new Fault("This power has no result.");
  return value;
}

function percent(reader) {
  let value = atom(reader);
  while (take(reader, "%")) value /= 100;
  return value;
}

function atom(reader) {
  const token = reader.tokens[reader.place];
  if (typeof token === "number") {
    reader.place += 1;
    return token;
  }
  if (!take(reader, "(")) throw new Fault(token === undefined ? "The sum is not finished." : `“${token}” does not fit here.`);
  const value = additions(reader);
  if (!take(reader, ")")) throw new Fault("A parenthesis is not closed.");
  return value;
}

/** For reading: twelve significant digits, no noise, a true minus. */
export function show(value) {
  const text = String(Number(value.toPrecision(12)) || 0);
  return text.replace(/^-/, "−");
}
