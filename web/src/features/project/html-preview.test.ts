import { describe, expect, it } from "vitest";
import { safeHtml, siblingPath } from "./html-preview";

const none = () => Promise.resolve(null);

async function preview(
  body: string,
  sheet: (path: string) => Promise<string | null> = none,
): Promise<Document> {
  return new DOMParser().parseFromString(await safeHtml(body, "app/index.html", sheet), "text/html");
}

describe("safeHtml", () => {
  it("forbids all network by a policy that stands first", async () => {
    const page = await preview("<p>hello</p>");
    const first = page.head.firstElementChild;
    expect(first?.getAttribute("http-equiv")).toBe("Content-Security-Policy");
    expect(first?.getAttribute("content")).toContain("default-src 'none'");
    expect(page.body.textContent).toContain("hello");
  });

  it("removes what runs, embeds, redirects or rebases", async () => {
    const page = await preview(
      `<base href="https://evil/"><meta http-equiv="refresh" content="0;url=https://evil"><script>1</script>
       <iframe srcdoc="evil"></iframe><object data="x"></object><embed src="x">
       <link rel="preconnect" href="https://evil"><link rel="stylesheet" href="https://evil/a.css">`,
    );
    expect(page.querySelector("base, script, iframe, object, embed, link")).toBeNull();
    expect(page.querySelectorAll("meta[http-equiv]")).toHaveLength(1);
  });

  it("removes handlers and addresses that lead away", async () => {
    const page = await preview(
      `<a id="out" href="https://evil" ping="https://evil">x</a><a id="in" href="#top">y</a>
       <img id="far" src="https://evil/a.png" srcset="https://evil/b.png 2x" onerror="alert(1)">
       <img id="near" src="data:image/png;base64,AA"><form action="https://evil"><button formaction="//evil">z</button></form>
       <svg><use xlink:href="https://evil#a"></use></svg>`,
    );
    expect(page.getElementById("out")?.attributes).toHaveLength(1);
    expect(page.getElementById("in")?.getAttribute("href")).toBe("#top");
    expect(page.getElementById("far")?.attributes).toHaveLength(1);
    expect(page.getElementById("near")?.getAttribute("src")).toMatch(/^data:image/);
    expect(page.documentElement.outerHTML).not.toContain("evil");
  });

  it("puts the run's own style sheets inline", async () => {
    const asked: string[] = [];
    const page = await preview('<link rel="stylesheet" href="css/style.css"><p>x</p>', (path) => {
      asked.push(path);
      return Promise.resolve("p { color: red } </style><script>1</script>");
    });
    expect(asked).toEqual(["app/css/style.css"]);
    expect(page.querySelector("style")?.textContent).toContain("color: red");
    expect(page.querySelector("script")).toBeNull();
  });
});

describe("siblingPath", () => {
  it.each([
    ["app/index.html", "style.css", "app/style.css"],
    ["app/index.html", "../shared/a b.css?v=1", "shared/a b.css"],
    ["index.html", "/css/x.css", "css/x.css"],
    ["a#b/index.html", "x.css", "a#b/x.css"],
    ["index.html", "../../../etc/passwd", "etc/passwd"],
  ])("from %s, %s is %s", (path, address, expected) => {
    expect(siblingPath(path, address)).toBe(expected);
  });

  it.each(["https://evil/a.css", "//evil/a.css", "data:text/css,x", "", "%E0%A4%A"])(
    "%s leads nowhere",
    (address) => {
      expect(siblingPath("index.html", address)).toBeNull();
    },
  );
});
