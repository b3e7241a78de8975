import { describe, expect, it } from "vitest";
import { type Keys, NO_KEYS, type Pressed, pressed } from "./keys";

const KEY = { ctrl: false, meta: false, alt: false, taken: false, at: 0 };

function meaningOf(presses: readonly (Partial<Pressed> & { key: string })[], single = true) {
  let keys: Keys = NO_KEYS;
  let meaning = null;
  for (const press of presses) ({ keys, meaning } = pressed(keys, { ...KEY, ...press }, single));
  return meaning;
}

describe("a key", () => {
  it("opens the palette with Ctrl or Cmd and K, also while somebody types", () => {
    expect(meaningOf([{ key: "k", ctrl: true, taken: true }])).toEqual({ do: "palette" });
    expect(meaningOf([{ key: "K", meta: true }])).toEqual({ do: "palette" });
    expect(meaningOf([{ key: "k" }])).toBeNull();
  });

  it("means something alone only while nobody types and no modifier is held", () => {
    expect(meaningOf([{ key: "?" }])).toEqual({ do: "shortcuts" });
    expect(meaningOf([{ key: "n" }])).toEqual({ do: "note" });
    for (const held of [{ taken: true }, { ctrl: true }, { meta: true }, { alt: true }])
      expect(meaningOf([{ key: "n", ...held }])).toBeNull();
  });

  it("means nothing alone where that is switched off; the palette still opens", () => {
    expect(meaningOf([{ key: "n" }], false)).toBeNull();
    expect(meaningOf([{ key: "g" }, { key: "i" }], false)).toBeNull();
    expect(meaningOf([{ key: "k", ctrl: true }], false)).toEqual({ do: "palette" });
  });

  it("leads to a page after g, for a moment", () => {
    expect(meaningOf([{ key: "g" }, { key: "i" }])).toEqual({ do: "go", to: "/inbox" });
    expect(meaningOf([{ key: "g" }, { key: "i", at: 2_000 }])).toBeNull();
    expect(meaningOf([{ key: "g" }, { key: "x" }, { key: "i" }])).toBeNull();
    expect(meaningOf([{ key: "g" }, { key: "n" }])).toBeNull();
  });
});
