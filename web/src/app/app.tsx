import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, useEffect, useState } from "react";
import { CrashContext, type ReportCrash } from "@/lib/crash-context";
import { problemFrom } from "@/lib/http";
import { whenIdle } from "@/lib/idle";
import { isSignedOut, type SessionKeeper } from "@/lib/session";
import type { Live } from "@/lib/store";
import { KeptContext, type ReadKept } from "@/lib/use-kept";
import { LiveProvider } from "@/lib/use-live";
import { SessionProvider } from "@/lib/use-session";
import { Boundary } from "@/ui/boundary";
import { Toaster, Toasts } from "@/ui/toasts";
import { words } from "@/words";
import { Gate } from "./gate";
import { NewVersionNote } from "./new-version-note";
import { preloadOverlays } from "./overlays";
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

interface Props {
  readonly live: Live;
  readonly session: SessionKeeper;
  readonly onCrash: ReportCrash;
  readonly readKept: ReadKept;
}

export function App({ live, session, onCrash, readKept }: Props) {
  return (
    <StrictMode>
      <CrashContext value={onCrash}>
        <Boundary name={words.faults.app}>
          <SessionProvider session={session}>
            <LiveProvider live={live}>
              <KeptContext value={readKept}>
                <Gate>
                  <Pages session={session} />
                </Gate>
              </KeptContext>
            </LiveProvider>
          </SessionProvider>
        </Boundary>
      </CrashContext>
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
        void preloadOverlays();
      }),
    [router],
  );
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
      <NewVersionNote />
    </QueryClientProvider>
  );
}
