/** Components on a live store whose server belongs to the test. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { type Person, SessionKeeper } from "@/lib/session";
import { Live } from "@/lib/store";
import { LiveProvider } from "@/lib/use-live";
import { SessionProvider } from "@/lib/use-session";
import { FakeDoorway } from "./fake-doorway";
import { FakeWorld } from "./fake-world";

/** `who`: who is signed in, where one has to be. */
export async function renderLive(page: ReactNode, path = "/", who?: Person | null) {
  const world = new FakeWorld();
  const doorway = new FakeDoorway(who);
  const session = new SessionKeeper(doorway, () => live.connection.start());
  const live = new Live(
    world,
    (apply) => apply(),
    "tab",
    () => session.check(),
  );
  await session.check();
  const root = createRootRoute();
  const routes = [
    createRoute({ getParentRoute: () => root, path: "/", component: () => page }),
    createRoute({ getParentRoute: () => root, path: "/projects", component: () => "all projects" }),
    createRoute({ getParentRoute: () => root, path: "/projects/$runId", component: () => page }),
    createRoute({ getParentRoute: () => root, path: "/projects/$runId/timeline", component: () => page }),
    createRoute({ getParentRoute: () => root, path: "/monitor", component: () => page }),
    createRoute({ getParentRoute: () => root, path: "/monitor/$part", component: () => page }),
    createRoute({ getParentRoute: () => root, path: "/analytics", component: () => page }),
  ];
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await router.load();
  const screen = render(
    <SessionProvider session={session}>
      <LiveProvider live={live}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </LiveProvider>
    </SessionProvider>,
  );
  live.connection.start();
  const connect = () => act(() => world.socket.welcome());
  return { ...screen, world, live, session, doorway, router, connect };
}
