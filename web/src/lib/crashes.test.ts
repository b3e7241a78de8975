import { describe, expect, it } from "vitest";
import { CRASHES_TOLD, type Crash, CrashReporter, framesOf } from "./crashes";
import { RequestFailed } from "./http";

const PROBLEM = { message: "", action: "", reference: null };
const AWAY = new RequestFailed({ ...PROBLEM, code: "unreachable", retryable: true });
const REFUSED = new RequestFailed({ ...PROBLEM, code: "bad_arguments", retryable: false });
const OUT = new RequestFailed({ ...PROBLEM, code: "not_signed_in", retryable: false });

/** A reporter whose server and chance belong to the test. */
function reporting() {
  const sent: Crash[] = [];
  const server = { failure: null as RequestFailed | null };
  let bytes = 0;
  const reporter = new CrashReporter({
    send: async (crash) => {
      if (server.failure !== null) throw server.failure;
      sent.push(crash);
    },
    random: (count) => Uint8Array.from({ length: count }, () => bytes++),
    path: () => "/projects/01a1f8fa-df98",
  });
  return { reporter, sent, server };
}

const settled = () => new Promise((done) => setTimeout(done));

describe("a crash of the page", () => {
  it("is told to the server under the reference that is shown", async () => {
    const { reporter, sent } = reporting();
    const reference = reporter.report(new TypeError("x is undefined"), "The team");
    expect(reference).toBe("2345-6789");
    await settled();
    expect(sent).toMatchObject([
      { reference, where: "The team", page: "/projects", name: "TypeError", message: "x is undefined" },
    ]);
  });

  it("is told once, however often and in however many ways it is heard of", async () => {
    const { reporter, sent } = reporting();
    const error = new TypeError("x is undefined");
    expect(reporter.report(error, "The team")).toBe(reporter.report(error, "window"));
    await settled();
    expect(sent).toHaveLength(1);
  });

  it("waits for a server that is away, and for a sign-in", async () => {
    const { reporter, sent, server } = reporting();
    for (const failure of [AWAY, OUT]) {
      server.failure = failure;
      reporter.report(new Error(failure.message + failure.problem.code), "The team");
      await settled();
      expect(sent).toHaveLength(0);
    }
    server.failure = null;
    reporter.flush();
    await settled();
    expect(sent.map(({ message }) => message)).toEqual(["unreachable", "not_signed_in"]);
  });

  it("is given up where the server does not want it", async () => {
    const { reporter, sent, server } = reporting();
    server.failure = REFUSED;
    reporter.report(new Error("first"), "The team");
    await settled();
    server.failure = null;
    reporter.flush();
    await settled();
    expect(sent).toEqual([]);
  });

  it("is told no more after the first ten, and has no reference then", () => {
    const { reporter } = reporting();
    const references = Array.from({ length: CRASHES_TOLD + 1 }, (_, at) =>
      reporter.report(new Error(`number ${at}`), "The team"),
    );
    expect(references.filter((one) => one !== null)).toHaveLength(CRASHES_TOLD);
    expect(references.at(-1)).toBeNull();
  });

  it("is not what the network did, nor what somebody broke off, nor what is no error", () => {
    const { reporter } = reporting();
    expect(reporter.report(AWAY, "window")).toBeNull();
    expect(reporter.report(new DOMException("gone", "AbortError"), "window")).toBeNull();
    expect(reporter.report("words", "window")).toBeNull();
  });

  it("never raises", () => {
    const { reporter } = reporting();
    const error = new Error("x");
    Object.defineProperty(error, "stack", {
      get: () => {
        throw new Error("no stack");
      },
    });
    expect(reporter.report(error, "window")).toBeNull();
  });
});

describe("the frames of a stack", () => {
  it("are functions and places in the page's own files, whoever wrote the stack", () => {
    const stack = [
      'SyntaxError: Unexpected token D, "Dear Anna" is not valid JSON',
      "    at JSON.parse (<anonymous>)",
      "    at Message (http://localhost:8000/assets/project-page-4f1c.js:1:2045)",
      "    at async http://localhost:8000/assets/index-9a.js:2:10",
      "Rail@http://localhost:8000/assets/index-9a.js:3:4",
      "    at http://localhost:8000/projects/01a1f8fa:1:1",
    ].join("\n");
    expect(framesOf(stack)).toEqual([
      "Message /assets/project-page-4f1c.js:1:2045",
      "/assets/index-9a.js:2:10",
      "Rail /assets/index-9a.js:3:4",
    ]);
  });

  it("are twenty at most", () => {
    expect(framesOf("at a (http://h/a.js:1:1)\n".repeat(50))).toHaveLength(20);
  });
});
