import type { AnyRouter } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { later } from "@/ui/later";

/** A page whose code is loaded when it is wanted. Where it cannot be (no server), the error page is shown. */
export function page(load: () => Promise<ComponentType>) {
  return later<object>(load);
}

/** Pages are there before they are wanted: a server that is away then keeps nobody from them. */
export async function preloadPages(router: AnyRouter): Promise<void> {
  const routes: readonly AnyRouter["routesById"][string][] = Object.values(router.routesById);
  await Promise.all(routes.map((route) => router.loadRouteChunk(route)));
}
