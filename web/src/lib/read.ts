/**
 * Readers turn unknown JSON into typed values, or throw `Unreadable`. They know nothing of the protocol.
 *
 * A record keeps the fields that it names and drops the others, so that a newer server's additions do no harm.
 */

export class Unreadable extends Error {
  override name = "Unreadable";
}

export type Read<T> = (value: unknown) => T;
export type Value<R> = R extends Read<infer T> ? T : never;
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const text: Read<string> = (value) => {
  if (typeof value !== "string") throw new Unreadable("expected a text");
  return value;
};

export const number: Read<number> = (value) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Unreadable("expected a number");
  return value;
};

/** A whole number of at least 0: positions, versions, sizes, counts. */
export const count: Read<number> = (value) => {
  if (!Number.isSafeInteger(value) || number(value) < 0) throw new Unreadable("expected a count");
  return number(value);
};

export const flag: Read<boolean> = (value) => {
  if (typeof value !== "boolean") throw new Unreadable("expected true or false");
  return value;
};

/** An object whose inside is nobody's business here. */
export const object: Read<JsonObject> = (value) => {
  if (!isObject(value)) throw new Unreadable("expected an object");
  return value;
};

export function oneOf<const T extends string>(...choices: readonly T[]): Read<T> {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new Unreadable("expected one of a few words");
    return found;
  };
}

/** What is missing reads as null. */
export function nullable<T>(read: Read<T>): Read<T | null> {
  return (value) => (value === null || value === undefined ? null : read(value));
}

/** What is missing reads as `fallback`; what is there but wrong is still refused. */
export function optional<T>(read: Read<T>, fallback: T): Read<T> {
  return (value) => (value === undefined ? fallback : read(value));
}

/** What is missing or not understood reads as `fallback`: for words that a newer server may add to. */
export function lenient<T>(read: Read<T>, fallback: T): Read<T> {
  return (value) => {
    try {
      return read(value);
    } catch {
      return fallback;
    }
  };
}

/** At most `most` entries; a longer list is refused. */
export function list<T>(read: Read<T>, most = 20_000): Read<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Unreadable("expected a list");
    if (value.length > most) throw new Unreadable(`more than ${most} entries`);
    return value.map((entry) => read(entry));
  };
}

/** Any names, at most `most`. */
export function mapping<T>(read: Read<T>, most = 1_000): Read<Readonly<Record<string, T>>> {
  return (value) => {
    const entries = Object.entries(object(value));
    if (entries.length > most) throw new Unreadable(`more than ${most} entries`);
    return Object.fromEntries(entries.map(([name, entry]) => [name, read(entry)]));
  };
}

type Shape = Readonly<Record<string, Read<unknown>>>;
type RecordOf<S extends Shape> = { readonly [K in keyof S]: Value<S[K]> };

export function record<S extends Shape>(shape: S): Read<RecordOf<S>> {
  const fields = Object.entries(shape);
  return (value) => {
    const from = object(value);
    const result: Record<string, unknown> = {};
    for (const [name, read] of fields) result[name] = readField(from, name, read);
    return result as RecordOf<S>;
  };
}

function readField(from: JsonObject, name: string, read: Read<unknown>): unknown {
  try {
    return read(Object.hasOwn(from, name) ? from[name] : undefined);
  } catch (error) {
    if (error instanceof Unreadable) throw new Unreadable(`${name}: ${error.message}`);
    throw error;
  }
}
