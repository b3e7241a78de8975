/** Server-sent events: the text of a stream, in pieces of any size, read into messages. */

import { Unreadable } from "./read";
import { FRAME_CHARACTERS } from "./wire";

export interface Message {
  /** Empty where the message has no name. */
  readonly event: string;
  /** Null where the message has no id of its own. */
  readonly id: string | null;
  /** Null where there is none: the message is an id alone. */
  readonly data: string | null;
}

export class Messages {
  #rest = "";
  #lines: string[] = [];

  /** The messages that are whole with this piece. Raises `Unreadable` where one is far too long. */
  take(piece: string): readonly Message[] {
    const lines = (this.#rest + piece).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > FRAME_CHARACTERS) throw new Unreadable("the message is too long");
    const whole: Message[] = [];
    for (const line of lines.map((one) => one.replace(/\r$/, ""))) {
      if (line !== "") this.#lines.push(line);
      else if (this.#lines.length > 0) whole.push(this.#message());
    }
    return whole;
  }

  #message(): Message {
    const lines = this.#lines;
    this.#lines = [];
    const data = valuesOf(lines, "data");
    return {
      event: valuesOf(lines, "event").at(-1) ?? "",
      id: valuesOf(lines, "id").at(-1) ?? null,
      data: data.length > 0 ? data.join("\n") : null,
    };
  }
}

function valuesOf(lines: readonly string[], name: string): readonly string[] {
  const start = `${name}:`;
  return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length).trimStart());
}
