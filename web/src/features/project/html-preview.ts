/**
 * An agent's HTML made safe to look at. It goes into a frame without any rights (no scripts, no origin); here
 * everything that could call out or lead away is removed as well, and the run's own style sheets are put inline.
 */

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'";
const REMOVED =
  "script, iframe, frame, object, embed, base, meta[http-equiv], link:not([rel~=stylesheet]), noscript";

/** `sheet` gives the text of a style sheet of the run by its path, or null where there is none. */
export async function safeHtml(
  source: string,
  path: string,
  sheet: (path: string) => Promise<string | null>,
): Promise<string> {
  const page = new DOMParser().parseFromString(source, "text/html");
  for (const element of page.querySelectorAll(REMOVED)) element.remove();
  for (const link of page.querySelectorAll("link")) await inline(link, path, sheet);
  for (const element of page.querySelectorAll("*")) disarm(element);
  const policy = page.createElement("meta");
  policy.setAttribute("http-equiv", "Content-Security-Policy");
  policy.setAttribute("content", POLICY);
  page.head.prepend(policy);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

async function inline(
  link: Element,
  path: string,
  sheet: (path: string) => Promise<string | null>,
): Promise<void> {
  const target = siblingPath(path, link.getAttribute("href") ?? "");
  const css = target === null ? null : await sheet(target);
  if (css === null) {
    link.remove();
    return;
  }
  const style = link.ownerDocument.createElement("style");
  style.textContent = css.replaceAll("</", "<\\/");
  link.replaceWith(style);
}

/** No attribute that runs, and no address but those inside the page and its own data. */
function disarm(element: Element): void {
  for (const { name, value } of [...element.attributes]) {
    const runs = name.startsWith("on") || name === "srcdoc" || name === "ping";
    const leads = /^(?:xlink:)?(?:href|src|srcset|action|formaction|poster|background|data)$/i.test(name);
    if (runs || (leads && !/^\s*(?:#|data:image\/)/i.test(value))) element.removeAttribute(name);
  }
}

/** The path in the run that a relative address of `path` means; null where it leads out of the run. */
export function siblingPath(path: string, address: string): string | null {
  if (address === "" || /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(address)) return null;
  const base = new URL(`run://run/${path.split("/").map(encodeURIComponent).join("/")}`);
  try {
    return decodeURIComponent(new URL(address, base).pathname.slice(1));
  } catch {
    return null;
  }
}
