import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown";

function html(text: string): string {
  return render(<Markdown text={text} />).container.innerHTML;
}

describe("Markdown", () => {
  it("shows raw HTML as text and never as elements", () => {
    const { container } = render(
      <Markdown
        text={'<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n<iframe src="//evil"></iframe>'}
      />,
    );
    expect(container.querySelector("script, img, iframe")).toBeNull();
    expect(container.textContent).toContain("alert(1)");
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example",
    "/api/runs",
  ])("makes no link of %s", (address) => {
    const { container } = render(<Markdown text={`[words](<${address.replace("\n", "&#10;")}>)`} />);
    expect(container.querySelector("a")).toBeNull();
    expect(container.textContent).toContain("words");
  });

  it("opens links in a page that knows nothing of this one", () => {
    render(<Markdown text="[docs](https://example.org/a)" />);
    const link = screen.getByRole("link", { name: "docs" });
    expect(link).toHaveProperty("rel", "noopener noreferrer nofollow");
    expect(link).toHaveProperty("target", "_blank");
  });

  it("loads no image, and says what it would have been", () => {
    const { container } = render(<Markdown text="![a chart](https://evil.example/track.png)" />);
    expect(container.querySelector("img")).toBeNull();
    expect(container.textContent).toContain("a chart");
    expect(html("![x](data:image/png;base64,AAAA)")).not.toContain("<img");
  });

  it("shows code as text, whatever is in it", () => {
    const { container } = render(<Markdown text={"```html\n<script>alert(1)</script>\n```"} />);
    expect(container.querySelector("script")).toBeNull();
    expect(container.querySelector("pre")?.textContent).toBe("<script>alert(1)</script>");
  });

  it("lets each block run in the direction of its own script", () => {
    const { container } = render(<Markdown text={"مرحبا بالعالم\n\nAnd English after it."} />);
    const directions = [...container.querySelectorAll("p")].map((one) => one.closest("[dir]"));
    expect(directions.map((one) => one?.getAttribute("dir"))).toEqual(["auto", "auto"]);
    expect(directions[0]).not.toBe(directions[1]);
  });

  it("draws a very long line in pieces, of which growth costs the last one alone", () => {
    const line = "So it goes on and on. ".repeat(3_000);
    const { container, rerender } = render(<Markdown text={line} />);
    const pieces = [...container.querySelectorAll("p")];
    expect(container.textContent?.length).toBeGreaterThan(60_000);
    rerender(<Markdown text={`${line}**End.**`} />);
    const after = [...container.querySelectorAll("p")];
    expect(after.slice(0, -1)).toEqual(pieces.slice(0, -1));
    expect(container.querySelector("strong")?.textContent).toBe("End.");
  });

  it("keeps the elements of finished blocks while the text grows", () => {
    const { container, rerender } = render(<Markdown text={"# One\n\nTwo"} />);
    const heading = container.querySelector("h3");
    rerender(<Markdown text={"# One\n\nTwo and three\n\n- four"} />);
    expect(container.querySelector("h3")).toBe(heading);
    expect(container.querySelector("li")?.textContent).toBe("four");
  });

  it.each([
    ["### Result\n\nText\n\n#### Detail\n\n# Next", "h3 h4 h3"],
    ["#### Deep first\n\n## Higher\n\n###### Far below", "h3 h3 h4"],
    ["# One\n\n## Two\n\n### Three\n\n## Two again", "h3 h4 h5 h4"],
    ["```sh\n# no heading\n```\n\n### Result", "h3"],
  ])("begins below the page's headings and skips no level: %j", (text, levels) => {
    const { container } = render(<Markdown text={text} />);
    const found = [...container.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((one) => one.localName);
    expect(found.join(" ")).toBe(levels);
  });

  it("keeps the look of the level that was written", () => {
    const { container } = render(<Markdown text="#### Deep first" />);
    expect(container.querySelector("h3")?.dataset.level).toBe("4");
  });

  it.each([
    "```js\nunclosed",
    "[a](",
    "| a |\n|",
    "***",
    "![](",
    "<",
    "\u0000\ufffd",
    "a".repeat(100_000),
    "> ".repeat(500),
    "مرحبا بالعالم",
  ])("survives broken or unusual text", (text) => {
    expect(() => render(<Markdown text={text} />)).not.toThrow();
  });
});
