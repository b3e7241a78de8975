import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type CSSProperties, StrictMode, useEffect, useState } from "react";
import { Toaster } from "sonner";
import type { Live } from "@/lib/store";
import { LiveProvider } from "@/lib/use-live";
import { whenIdle } from "./idle";
import { preloadPages } from "./page";
import { createAppRouter } from "./router";

/** Pages live by the stream: what HTTP gave is not asked for again by itself. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 30_000, refetchOnWindowFocus: false, retry: 1 },
    },
  });
}

const TOAST_COLOURS = {
  "--normal-bg": "var(--raised)",
  "--normal-text": "var(--ink)",
  "--normal-border": "var(--line-strong)",
  "--border-radius": "10px",
  fontFamily: "var(--font-sans)",
} as CSSProperties;

export function App({ live }: { live: Live }) {
  const [queries] = useState(createQueryClient);
  const [router] = useState(createAppRouter);
  useEffect(() => whenIdle(() => preloadPages(router)), [router]);
  return (
    <StrictMode>
      <LiveProvider live={live}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
          <Toaster position="bottom-right" style={TOAST_COLOURS} />
        </QueryClientProvider>
      </LiveProvider>
    </StrictMode>
  );
}
