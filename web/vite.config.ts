import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:8000";

/** Colours for code: held once some code was shown. */
const LATER = /[\\/]node_modules[\\/](?:shiki|@shikijs)[\\/]/;
const PUBLIC = ["/favicon.svg", "/theme.js"];

/** `/worker.js`: src/worker.js under a line that says what this build consists of. */
function serviceWorker(): Plugin {
  return {
    name: "botarmy-service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const all = Object.values(bundle);
      const files = all
        .filter((one) => one.fileName.startsWith("assets/"))
        .filter((one) => one.type === "asset" || !one.moduleIds.every((id) => LATER.test(id)))
        .map((one) => `/${one.fileName}`)
        .sort();
      const entry = all.find((one) => one.type === "chunk" && one.isEntry)?.fileName;
      const source = readFileSync(new URL("src/worker.js", import.meta.url), "utf8");
      const version = createHash("sha256").update(source).update(files.join()).digest("hex").slice(0, 12);
      const build = JSON.stringify({ version, entry: `/${entry}`, files: [...PUBLIC, ...files] });
      this.emitFile({ type: "asset", fileName: "worker.js", source: `const BUILD = ${build};\n${source}` });
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), serviceWorker()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 3000,
    strictPort: true,
    proxy: {
      "/api": server,
      "/healthz": server,
      "/readyz": server,
      "/ws": { target: server, ws: true },
    },
  },
  build: {
    target: "es2023",
    // The server forbids fonts and scripts from data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    manifest: true,
  },
  test: {
    environment: "happy-dom",
    environmentOptions: { happyDOM: { settings: { handleDisabledFileLoadingAsSuccess: true } } },
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test/setup.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
