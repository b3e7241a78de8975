import type { AnyRouter } from "@tanstack/react-router";
import { type ComponentType, createElement, use } from "react";

/**
 * A page whose code is loaded when it is wanted, or by `preload`. Where it cannot be loaded (no server), drawing it
 * raises, for the error page to be shown: the document stays, with all that it holds. `preload` tries again.
 */
export function page(load: () => Promise<ComponentType>) {
  let loading: Promise<ComponentType> | null = null;
  let failed = false;
  const loaded = () => {
    loading ??= load().catch((error: unknown) => {
      failed = true;
      throw error;
    });
    return loading;
  };
  const preload = async () => {
    if (failed) loading = null;
    failed = false;
    // A failure is told where the page is drawn.
    await loaded().catch(() => {});
  };
  const Page = () => createElement(use(loaded()));
  return Object.assign(Page, { preload });
}

/** Pages are there before they are wanted: a server that is away then keeps nobody from them. */
export async function preloadPages(router: AnyRouter): Promise<void> {
  const routes: readonly AnyRouter["routesById"][string][] = Object.values(router.routesById);
  await Promise.all(routes.map((route) => router.loadRouteChunk(route)));
}
