import { describe, expect, it } from "vitest";
import { Unreadable } from "./read";
import { Messages } from "./server-sent";
import { FRAME_CHARACTERS } from "./wire";

const STREAM =
  'retry: 1000\nevent: welcome\ndata: {"a":1}\n\nid: e:3\ndata: {"b":2}\n\n: a comment\n\nid: e:9\n\n';
const MESSAGES = [
  { event: "welcome", id: null, data: '{"a":1}' },
  { event: "", id: "e:3", data: '{"b":2}' },
  { event: "", id: null, data: null },
  { event: "", id: "e:9", data: null },
];

describe("server-sent events", () => {
  it.each([1, 2, 7, 1_000])("are read whole from pieces of %i characters", (size) => {
    const reader = new Messages();
    const pieces = STREAM.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    expect(pieces.flatMap((piece) => reader.take(piece))).toEqual(MESSAGES);
  });

  it("may have lines that end as on Windows, and data of several lines", () => {
    expect(new Messages().take("data: {\r\ndata: }\r\n\r\n")).toEqual([
      { event: "", id: null, data: "{\n}" },
    ]);
  });

  it("are not waited for without bound", () => {
    const reader = new Messages();
    expect(() => reader.take("x".repeat(FRAME_CHARACTERS + 1))).toThrow(Unreadable);
  });
});
