/** An AI service on this machine that speaks OpenAI's chat API, so that a test decides what agents say, and when. */

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Environment } from "./botarmy";
import { AGENTS } from "./pages";

const MODEL = "gpt-5-mini";
const PIECE = 12;

export interface Reply {
  readonly text: string;
  /** Written with the agent's tool before it speaks: contents by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Written after it has spoken; then the agent has another turn. */
  readonly filesThen?: Readonly<Record<string, string>>;
}

/** What an agent answers. `turn`: how often it has spoken in this phase already. */
export type Script = (agent: string, turn: number) => Reply;

/** What an agent gets in the place of an answer. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const WRONG_KEY: Refusal = { status: 401, code: "invalid_api_key" };
/** Nothing that would pass by itself. */
export const WRONG_REQUEST: Refusal = { status: 400, code: "invalid_request_error" };
export const TOO_MUCH: Refusal = {
  status: 429,
  code: "rate_limit_exceeded",
  headers: { "retry-after": "5" },
};

/** As much as is said in one piece at a pace, and how often it is looked whether one is due. */
const TOKEN = 4;
const TICK_MS = 10;

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

export class Provider {
  /** While true, the key is refused. */
  refusing = false;
  /** What single agents get in the place of an answer, by their names. */
  readonly refusals = new Map<string, Refusal>();
  /** How fast every reply is spoken; null: as fast as it goes. */
  tokensPerSecond: number | null = null;
  readonly #server: Server;
  readonly #script: Script;
  #gate: Gate | null = null;

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((request, response) => {
      // Whoever hangs up in the middle of a reply is no fault of the test.
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async serving(script: Script): Promise<Provider> {
    const provider = new Provider(script);
    await once(provider.#server.listen(0, "127.0.0.1"), "listening");
    return provider;
  }

  /** What BotArmy needs to know to use it. */
  get environment(): Environment {
    const { port } = this.#server.address() as AddressInfo;
    return {
      BOTARMY_MODEL: `openai-chat:${MODEL}`,
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      OPENAI_API_KEY: "sk-of-a-browser-test",
      BOTARMY_LLM_REQUESTS_PER_MINUTE: "100000",
      BOTARMY_LLM_TOKENS_PER_MINUTE: "100000000",
    };
  }

  /** From now on every spoken reply stops at its middle, until `release`. */
  hold(): void {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { opened, open };
  }

  release(): void {
    this.#gate?.open();
    this.#gate = null;
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await bodyOf(request);
    // A key is refused before anything is read, of services that are asked in another form too.
    const refusal = this.refusing ? WRONG_KEY : this.refusals.get(agentOf(asked));
    if (refusal !== undefined) {
      refuse(response, refusal);
      return;
    }
    const agent = agentOf(asked);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const say: Say = (delta, finish = null) => response.write(chunk(delta, finish));
    say({ role: "assistant", content: "" });
    const { text, files = {}, filesThen = {} } = this.#script(agent, turnOf(asked));
    const write = (contents: Readonly<Record<string, string>>) => {
      say({ tool_calls: Object.entries(contents).map(writing) });
      say({}, "tool_calls");
    };
    if (Object.keys(files).length > 0 && !asked.messages.some(({ role }) => role === "tool")) {
      write(files);
    } else {
      await (this.tokensPerSecond === null ? this.#speak(text, say) : paced(text, this.tokensPerSecond, say));
      if (Object.keys(filesThen).length > 0) write(filesThen);
      else say({}, "stop");
    }
    response.end("data: [DONE]\n\n");
  }

  async #speak(text: string, say: Say): Promise<void> {
    const middle = Math.ceil(text.length / 2);
    for (let at = 0; at < text.length; at += PIECE) {
      if (at >= middle) await this.#gate?.opened;
      say({ content: text.slice(at, at + PIECE) });
    }
  }
}

type Say = (delta: object, finish?: string | null) => void;

function refuse(response: ServerResponse, { status, code, headers }: Refusal): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ error: { message: "Refused", type: code, code } }));
}

/** Token by token, as a model does. */
async function paced(text: string, tokensPerSecond: number, say: Say): Promise<void> {
  const begun = performance.now();
  for (let at = 0; at < text.length; ) {
    await delay(TICK_MS);
    const due = (((performance.now() - begun) * tokensPerSecond) / 1000) * TOKEN;
    for (; at < Math.min(due, text.length); at += TOKEN) say({ content: text.slice(at, at + TOKEN) });
  }
}

/** The half of a text that is there while it is held. */
export function heldPart(text: string): string {
  return text.slice(0, Math.ceil(Math.ceil(text.length / 2) / PIECE) * PIECE);
}

async function bodyOf(request: IncomingMessage): Promise<Asked> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString()) as Asked;
}

function agentOf({ messages }: Asked): string {
  const told = JSON.stringify(messages[0]);
  return AGENTS.find((agent) => told.includes(`You are ${agent},`)) ?? "";
}

function turnOf({ messages }: Asked): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

function writing([path, content]: [string, string], index: number): object {
  const call = { name: "write_file", arguments: JSON.stringify({ path, content }) };
  return { index, id: `call_${index}_${path}`, type: "function", function: call };
}

function chunk(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const frame = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: MODEL, choices };
  return `data: ${JSON.stringify(frame)}\n\n`;
}
