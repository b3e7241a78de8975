/** A real `botarmy serve` in a process of its own, which a test may kill and start again. */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PYTHON = fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url));
const run = promisify(execFile);
const ADDRESS = /http:\/\/localhost:(\d+)/;

export type Environment = Readonly<Record<string, string>>;

/** Over one data folder. Between `start` and `stop` or `kill` it answers at `url`, the same at every start. */
export class BotArmy {
  readonly #folder: string;
  #process: ChildProcess | null = null;
  #port = "0";

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async inNewFolder(): Promise<BotArmy> {
    const folder = await mkdtemp(join(tmpdir(), "botarmy-browser-"));
    await mkdir(join(folder, "home"));
    return new BotArmy(folder);
  }

  /** The server's own, which it makes at its start. */
  get dataFolder(): string {
    return join(this.#folder, "data");
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Returns once the server has said where it answers. */
  async start(environment: Environment = {}): Promise<void> {
    const server = spawn(PYTHON, ["-m", "botarmy", "serve"], {
      cwd: this.#folder,
      env: {
        ...this.#environment,
        BOTARMY_PORT: this.#port,
        BOTARMY_LOG_FORMAT: "json",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = server;
    const leave = () => server.kill("SIGKILL");
    process.once("exit", leave);
    server.once("exit", () => process.off("exit", leave));
    server.stderr.pipe(createWriteStream(this.#log, { flags: "a" }));
    for await (const line of createInterface(server.stdout)) {
      const port = ADDRESS.exec(line)?.[1];
      if (port === undefined) continue;
      this.#port = port;
      server.stdout.resume();
      return;
    }
    throw new Error(`The server did not start:\n${await this.log()}`);
  }

  /** A new token, as an admin gives one: by the right of who may read the server's folder. */
  async token(user: string, role: string): Promise<{ readonly id: string; readonly secret: string }> {
    const known = JSON.parse(await readFile(join(this.dataFolder, "server.json"), "utf8"));
    const answer = await fetch(`${this.url}/api/tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${known.secret}`, "content-type": "application/json" },
      body: JSON.stringify({ user, role }),
    });
    const { token_id, token } = await answer.json();
    return { id: token_id, secret: token };
  }

  /** By the command line, beside the running server. */
  async revoke(id: string): Promise<void> {
    const options = { cwd: this.#folder, env: this.#environment };
    await run(PYTHON, ["-m", "botarmy", "token", "revoke", id], options);
  }

  /** As a power cut does: no warning, no clean-up. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** As a person does with Ctrl-C. */
  stop(): Promise<void> {
    return this.#end("SIGINT");
  }

  /** From now on no file of the server can grow, as on a full disk; what is there can be read. */
  fillDisk(): Promise<void> {
    return this.#limitFiles(0);
  }

  freeDisk(): Promise<void> {
    return this.#limitFiles(null);
  }

  /** What it wrote to its log, over all its starts. */
  log(): Promise<string> {
    return readFile(this.#log, "utf8").catch(() => "");
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** It inherits nothing but the PATH. */
  get #environment(): NodeJS.ProcessEnv {
    return {
      PATH: process.env.PATH ?? "",
      OLLAMA_BASE_URL: "http://127.0.0.1:9/v1", // nobody answers there: no model of the developer's own
      HOME: join(this.#folder, "home"),
      BOTARMY_DATA_DIR: this.dataFolder,
    };
  }

  get #log(): string {
    return join(this.#folder, "log");
  }

  /** `bytes`: no file may be written beyond; null: any file as far as before. */
  async #limitFiles(bytes: number | null): Promise<void> {
    const limit = `(${bytes ?? "hard"}, hard)`;
    const code = `import resource as r, sys
pid = int(sys.argv[1])
_, hard = r.prlimit(pid, r.RLIMIT_FSIZE)
r.prlimit(pid, r.RLIMIT_FSIZE, ${limit})`;
    await run(PYTHON, ["-c", code, String(this.#process?.pid)]);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#process;
    this.#process = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  }
}
