import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useEffect, useState } from "react";
import { problemFrom } from "@/lib/http";
import { whenIdle } from "@/lib/idle";
import { isSignedOut, type SessionKeeper } from "@/lib/session";
import type { Live } from "@/lib/store";
import { LiveProvider } from "@/lib/use-live";
import { SessionProvider } from "@/lib/use-session";
import { Toaster, Toasts } from "@/ui/toasts";
import { Gate } from "./gate";
import { preloadPages } from "./page";
import { createAppRouter } from "./router";

/** Pages live by the stream: what HTTP gave is not asked for again by itself. */
function createQueryClient(session: SessionKeeper): QueryClient {
  const onError = (error: unknown) => {
    if (isSignedOut(error)) void session.check();
  };
  const retry = (failures: number, error: unknown) => failures < 1 && problemFrom(error).retryable;
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    defaultOptions: { queries: { staleTime: 30_000, refetchOnWindowFocus: false, retry } },
  });
}

export function App({ live, session }: { live: Live; session: SessionKeeper }) {
  return (
    <StrictMode>
      <SessionProvider session={session}>
        <LiveProvider live={live}>
          <Gate>
            <Pages session={session} />
          </Gate>
        </LiveProvider>
      </SessionProvider>
    </StrictMode>
  );
}

function Pages({ session }: { session: SessionKeeper }) {
  const [queries] = useState(() => createQueryClient(session));
  const [router] = useState(createAppRouter);
  useEffect(
    () =>
      whenIdle(() => {
        void preloadPages(router);
        void Toaster.preload();
      }),
    [router],
  );
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  );
}
