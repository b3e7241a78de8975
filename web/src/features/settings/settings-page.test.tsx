import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { badge } from "@/lib/badge";
import { renderLive } from "@/test/render-live";
import { ConfirmDialog } from "@/ui/confirm";
import { chooseTheme, theme } from "@/ui/theme";
import { SettingsPage } from "./settings-page";

const ADMIN = { name: "ada", role: "admin" } as const;
const MEMBER = { name: "anna", role: "member" } as const;
const SECRET = `botarmy_${"x".repeat(40)}`;

const OPENAI = {
  name: "openai",
  state: "set_up",
  lacks: "",
  key: { source: "environment", name: "OPENAI_API_KEY" },
  address: "https://api.openai.com/v1",
  default_model: "gpt-5-mini",
  names_model: false,
  in_use: true,
  requests_per_minute: 20,
  tokens_per_minute: 40_000,
};
const LAB = {
  ...OPENAI,
  name: "custom:lab",
  key: null,
  default_model: null,
  names_model: true,
  in_use: false,
};
const MISTRAL = {
  ...OPENAI,
  name: "mistral",
  state: "absent",
  lacks: "no key: set MISTRAL_API_KEY",
  key: null,
  in_use: false,
};
const IN_FORCE = {
  model: "openai:gpt-5-mini",
  setting: "auto",
  reason: "OPENAI_API_KEY is set",
  demo: false,
  cheaper: null,
};
const setting = (name: string, value: string, origin = "default") => ({
  name,
  value,
  origin,
  description: `What ${name} does.`,
});
const TOKEN = {
  token_id: "t1",
  user: "ada",
  role: "admin",
  created_at: "2026-11-20T09:00:00.000Z",
  last_used_at: null,
  expires_at: null,
  revoked_at: null,
};

/** By method and path; a function is asked anew each time. */
type Answer = object | (() => object);
let answers: Record<string, Answer> = {};
let asked: string[] = [];

function refused(status: number, code: string, message: string, action: string) {
  return { status, code, message, action, retryable: false, reference: null };
}

beforeAll(() => ConfirmDialog.preload());

beforeEach(() => {
  localStorage.clear();
  chooseTheme("system");
  badge.setState(true, true);
  asked = [];
  answers = {
    "GET /api/status": { version: "1.2.3", model: "demo", demo: true },
    "GET /api/providers": { in_force: IN_FORCE, providers: [OPENAI, LAB, MISTRAL] },
    "GET /api/settings": {
      file: "/srv/botarmy.toml",
      settings: [setting("budget_day_usd", "2.5", "botarmy.toml line 3"), setting("port", "8000")],
      sizes: { file_bytes: 10_485_760, unheard_of: 3 },
    },
    "GET /api/notifications": {
      channels: [{ name: "webhook", to: ["hooks.example.org"], by: null }],
      public_url: null,
      remind_after_hours: 24,
    },
    "GET /api/tokens": { tokens: [TOKEN], yours: "t1" },
    "GET /api/about": {
      version: "1.2.3",
      python: "3.11.9",
      database: "SQLite, /srv/botarmy.db",
      folder: { path: "/srv", size_bytes: 2_400_000, free_bytes: 9_000_000_000 },
      uptime_seconds: 125,
      findings: [
        { level: "warn", what: "Disk space", detail: "800 MiB free", action: "Make room on this disk." },
      ],
    },
  };
  vi.stubGlobal("fetch", (path: string, how: RequestInit = {}) => {
    const request = `${how.method ?? "GET"} ${path}`;
    asked.push(request);
    const known = answers[request];
    if (known === undefined) return Promise.reject(new TypeError("no server"));
    const body = typeof known === "function" ? known() : known;
    const status = "status" in body ? Number(body.status) : 200;
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
});

function SignOut() {
  return <button type="button">Sign out</button>;
}

async function open(who?: typeof ADMIN | typeof MEMBER) {
  const opened = await renderLive(<SettingsPage signOut={SignOut} />, "/", who);
  opened.connect();
  return opened;
}

function part(name: string): HTMLElement {
  return screen.getByRole("region", { name });
}

describe("the settings of somebody who is no admin", () => {
  it("are their own choices and the way out, ask for nothing that is refused, and say what an admin could do", async () => {
    await open(MEMBER);
    expect(within(part("You")).getByText("anna")).toBeTruthy();
    expect(within(part("You")).getByRole("button", { name: "Sign out" })).toBeTruthy();
    expect(part("For admins").textContent).toContain("makes and revokes tokens");
    expect(screen.queryByRole("region", { name: "AI services" })).toBeNull();
    expect(await screen.findByText("1.2.3")).toBeTruthy();
    expect(asked).toEqual(["GET /api/status"]);
  });
});

describe("appearance", () => {
  it("is chosen for good, and shows in the document at once", async () => {
    await open(MEMBER);
    await userEvent.click(screen.getByRole("radio", { name: "Dark" }));
    expect(theme.getState()).toBe("dark");
    expect(localStorage.getItem("botarmy.theme")).toBe("dark");
  });
});

describe("notifications", () => {
  it("say in words that the browser has none, and leave the number in the title to a switch", async () => {
    await open(MEMBER);
    expect(part("Notifications").textContent).toContain("This browser has none here.");
    await userEvent.click(screen.getByRole("switch", { name: "Number in the window’s title" }));
    expect(badge.getState()).toBe(false);
    expect(localStorage.getItem("botarmy.badge")).toBe("off");
  });

  it("send a test through each channel, and say what came of it", async () => {
    answers["POST /api/notifications/test"] = {
      results: [{ name: "webhook", problem: "The webhook did not answer in time." }],
    };
    await open();
    await userEvent.click(await screen.findByRole("button", { name: "Send a test" }));
    expect(await screen.findByText("The webhook did not answer in time.")).toBeTruthy();
  });

  it("say how channels are set up where there is none, without a button that would do nothing", async () => {
    answers["GET /api/notifications"] = { channels: [], public_url: null, remind_after_hours: 24 };
    await open();
    expect(await screen.findByText("Nobody is told outside of the browser.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Send a test" })).toBeNull();
  });
});

describe("AI services", () => {
  it("say what is in force, where keys are kept, and what is lacking", async () => {
    await open();
    const card = await screen.findByRole("article", { name: "openai" });
    expect(card.textContent).toContain("Set up");
    expect(card.textContent).toContain("key in the variable OPENAI_API_KEY");
    expect(card.textContent).toContain("20 requests and 40,000 tokens a minute");
    expect(part("AI services").textContent).toContain("Chosen by itself: OPENAI_API_KEY is set.");
    expect(part("AI services").textContent).toContain("1 more, not set up");
    expect(part("AI services").textContent).toContain("No key: set MISTRAL_API_KEY.");
  });

  it("are tried on demand, with the time it took", async () => {
    let answer: (trial: object) => void = () => {};
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (path: string, how: RequestInit) =>
      path === "/api/providers/openai/test"
        ? new Promise((resolve) => {
            answer = (trial) => resolve(new Response(JSON.stringify(trial)));
          })
        : fetch(path, how),
    );
    await open();
    await userEvent.click(await screen.findByRole("button", { name: "Test connection to openai" }));
    expect(screen.getByRole("button", { name: "Testing" }).hasAttribute("disabled")).toBe(true);
    await act(async () => answer({ model: "openai:gpt-5-mini", seconds: 0.84, problem: null }));
    expect(await screen.findByText("openai:gpt-5-mini answered in 0.8 s.")).toBeTruthy();
  });

  it("say in words what is wrong, and what to do", async () => {
    answers["POST /api/providers/openai/test"] = {
      model: "openai:gpt-5-mini",
      seconds: null,
      problem: {
        code: "model_rejected_key",
        message: "The AI service did not accept the key.",
        action: "Check the key in the settings.",
      },
    };
    await open();
    await userEvent.click(await screen.findByRole("button", { name: "Test connection to openai" }));
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toBe("The AI service did not accept the key.Check the key in the settings.");
  });

  it("say when it is too soon for another try", async () => {
    answers["POST /api/providers/openai/test"] = refused(
      429,
      "trial_too_soon",
      "This was tried a moment ago.",
      "Wait 4 s, then try again.",
    );
    await open();
    await userEvent.click(await screen.findByRole("button", { name: "Test connection to openai" }));
    expect((await screen.findByRole("alert")).textContent).toContain("Wait 4 s, then try again.");
  });

  it("of one's own are asked for a model that is named", async () => {
    answers["POST /api/providers/custom%3Alab/test"] = {
      model: "custom:lab:qwen3",
      seconds: 2,
      problem: null,
    };
    await open();
    const card = await screen.findByRole("article", { name: "custom:lab" });
    const test = within(card).getByRole("button", { name: "Test connection to custom:lab" });
    expect(test.hasAttribute("disabled")).toBe(true);
    await userEvent.type(within(card).getByRole("textbox", { name: "Model" }), "qwen3{Enter}");
    expect(await within(card).findByText("custom:lab:qwen3 answered in 2.0 s.")).toBeTruthy();
  });

  it("that cannot be listed say so, with a way to ask again", async () => {
    const { "GET /api/providers": known, ...rest } = answers;
    answers = rest;
    await open();
    const services = await screen.findByRole("region", { name: "AI services" });
    expect((await within(services).findByRole("alert")).textContent).toContain(
      "The server cannot be reached.",
    );
    if (known !== undefined) answers["GET /api/providers"] = known;
    await userEvent.click(within(services).getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("article", { name: "openai" })).toBeTruthy();
  });
});

describe("limits and budgets", () => {
  it("are shown with the setting that changes each and where it comes from", async () => {
    await open();
    const limits = await screen.findByRole("region", { name: "Limits and budgets" });
    expect(await within(limits).findByText("$2.5")).toBeTruthy();
    expect(limits.textContent).toContain("botarmy.toml line 3");
    expect(limits.textContent).toContain("Read from /srv/botarmy.toml.");
    expect(limits.textContent).toContain("A file10.5 MB");
    expect(limits.textContent).toContain("The other 1 settings");
    expect(limits.textContent).not.toContain("unheard_of");
    expect(within(limits).queryByRole("textbox")).toBeNull();
  });
});

describe("people and tokens", () => {
  it("where nobody signs in, they say so and how to turn it on", async () => {
    await open();
    expect(part("People and tokens").textContent).toContain("Nobody signs in here");
    expect(part("People and tokens").textContent).toContain('auth = "on"');
  });

  it("a new token is shown once, and is kept nowhere in the page", async () => {
    let made = false;
    answers["POST /api/tokens"] = () => {
      made = true;
      return { ...TOKEN, token_id: "t2", user: "bob", role: "member", token: SECRET };
    };
    const bob = { ...TOKEN, token_id: "t2", user: "bob", role: "member" };
    answers["GET /api/tokens"] = () => ({ tokens: made ? [TOKEN, bob] : [TOKEN], yours: "t1" });
    await open(ADMIN);
    await userEvent.type(await screen.findByRole("textbox", { name: "Name" }), "Bob");
    await userEvent.click(screen.getByRole("button", { name: "Make a token" }));
    expect(await screen.findByDisplayValue(SECRET)).toBeTruthy();
    expect(await screen.findByRole("button", { name: "Revoke token t2 of bob" })).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Done" }));
    expect(screen.queryByDisplayValue(SECRET)).toBeNull();
    expect(document.body.innerHTML + JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain(
      SECRET,
    );
  });

  it("a name that is none is refused in words", async () => {
    answers["POST /api/tokens"] = refused(
      422,
      "bad_user",
      "This is no name for a user.",
      "Use a short one like anna.",
    );
    await open(ADMIN);
    await userEvent.type(await screen.findByRole("textbox", { name: "Name" }), "?{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("This is no name for a user.");
  });

  it("revoking is asked about, and a refusal is told beside the token", async () => {
    answers["DELETE /api/tokens/t1"] = refused(
      409,
      "last_admin",
      "This is the last token of an admin.",
      "Make another admin’s token first.",
    );
    await open(ADMIN);
    await userEvent.click(await screen.findByRole("button", { name: "Revoke token t1 of ada" }));
    const dialog = await screen.findByRole("alertdialog");
    expect(dialog.textContent).toContain("you are signed out at once");
    await userEvent.click(within(dialog).getByRole("button", { name: "Revoke" }));
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("last token of an admin"));
  });

  it("those that have ended stand apart, and cannot be revoked again", async () => {
    const gone = { ...TOKEN, token_id: "t0", user: "eve", revoked_at: "2026-11-20T10:00:00.000Z" };
    answers["GET /api/tokens"] = { tokens: [gone, TOKEN], yours: null };
    await open(ADMIN);
    const tokens = part("People and tokens");
    expect(await within(tokens).findByText("1 that has ended")).toBeTruthy();
    expect(tokens.textContent).toContain("revoked 20 Nov 2026");
    expect(screen.queryByRole("button", { name: "Revoke token t0 of eve" })).toBeNull();
  });
});

describe("about", () => {
  it("says what runs where, and what needs attention", async () => {
    await open();
    const about = await screen.findByRole("region", { name: "About" });
    expect(await within(about).findByText("SQLite, /srv/botarmy.db")).toBeTruthy();
    expect(about.textContent).toContain("2.4 MB, 9.0 GB free");
    expect(about.textContent).toContain("2:05");
    expect(about.textContent).toContain("Make room on this disk.");
    expect(about.textContent).not.toContain("Nothing needs attention.");
  });
});
