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
import { Live } from "@/lib/store";
import { LiveProvider } from "@/lib/use-live";
import { FakeWorld } from "./fake-world";

export async function renderLive(page: ReactNode, path = "/") {
  const world = new FakeWorld();
  const live = new Live(world, (apply) => apply(), "tab");
  const root = createRootRoute();
  const routes = [
    createRoute({ getParentRoute: () => root, path: "/", component: () => page }),
    createRoute({ getParentRoute: () => root, path: "/projects", component: () => "all projects" }),
    createRoute({ getParentRoute: () => root, path: "/projects/$runId", component: () => page }),
  ];
  const router = createRouter({
    routeTree: root.addChildren(routes),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await router.load();
  const screen = render(
    <LiveProvider live={live}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </LiveProvider>,
  );
  live.connection.start();
  const connect = () => act(() => world.socket.welcome());
  return { ...screen, world, live, router, connect };
}
