/** Colours for code, loaded when the first code is shown. No WebAssembly: the page's policy forbids it. */

import type { HighlighterCore } from "shiki/core";

type Grammar = () => Promise<{ default: Parameters<HighlighterCore["loadLanguage"]>[0] }>;

const GRAMMARS: Readonly<Record<string, Grammar>> = {
  bash: () => import("shiki/langs/bash.mjs"),
  css: () => import("shiki/langs/css.mjs"),
  docker: () => import("shiki/langs/docker.mjs"),
  html: () => import("shiki/langs/html.mjs"),
  ini: () => import("shiki/langs/ini.mjs"),
  javascript: () => import("shiki/langs/javascript.mjs"),
  json: () => import("shiki/langs/json.mjs"),
  jsx: () => import("shiki/langs/jsx.mjs"),
  markdown: () => import("shiki/langs/markdown.mjs"),
  python: () => import("shiki/langs/python.mjs"),
  sql: () => import("shiki/langs/sql.mjs"),
  toml: () => import("shiki/langs/toml.mjs"),
  tsx: () => import("shiki/langs/tsx.mjs"),
  typescript: () => import("shiki/langs/typescript.mjs"),
  yaml: () => import("shiki/langs/yaml.mjs"),
};

const ALIASES: Readonly<Record<string, string>> = {
  cjs: "javascript",
  dockerfile: "docker",
  htm: "html",
  js: "javascript",
  md: "markdown",
  mjs: "javascript",
  py: "python",
  sh: "bash",
  shell: "bash",
  svg: "html",
  ts: "typescript",
  xml: "html",
  yml: "yaml",
};

/** Longer code is shown without colours: highlighting it would hold up the page. */
const MOST_CHARACTERS = 100_000;

/** The name of a language that can be coloured, or null. */
export function languageOf(name: string): string | null {
  const lower = name.toLowerCase();
  const language = ALIASES[lower] ?? lower;
  return Object.hasOwn(GRAMMARS, language) ? language : null;
}

export interface Token {
  readonly text: string;
  readonly light: string | undefined;
  readonly dark: string | undefined;
}

let highlighter: Promise<HighlighterCore> | null = null;

/** Lines of coloured tokens, or null where there are no colours for it. */
export async function highlight(source: string, name: string): Promise<readonly (readonly Token[])[] | null> {
  const language = languageOf(name);
  const grammar = language === null ? undefined : GRAMMARS[language];
  if (language === null || grammar === undefined || source.length > MOST_CHARACTERS) return null;
  highlighter ??= load();
  const core = await highlighter;
  await core.loadLanguage((await grammar()).default);
  const themes = { light: "github-light-high-contrast", dark: "github-dark-default" };
  return core.codeToTokensWithThemes(source, { lang: language, themes }).map((line) =>
    line.map(({ content, variants }) => ({
      text: content,
      light: variants.light?.color,
      dark: variants.dark?.color,
    })),
  );
}

async function load(): Promise<HighlighterCore> {
  const [{ createHighlighterCore }, { createJavaScriptRegexEngine }, light, dark] = await Promise.all([
    import("shiki/core"),
    import("shiki/engine/javascript"),
    import("shiki/themes/github-light-high-contrast.mjs"),
    import("shiki/themes/github-dark-default.mjs"),
  ]);
  return createHighlighterCore({
    themes: [light.default, dark.default],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
}
