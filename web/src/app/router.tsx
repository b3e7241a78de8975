import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { ErrorPage } from "./error-page";
import { NotFound } from "./not-found";
import { page } from "./page";
import { Shell } from "./shell";

const root = createRootRoute({ component: Shell });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: page(() => import("@/features/home/home-page").then((all) => all.HomePage)),
});

const projects = createRoute({
  getParentRoute: () => root,
  path: "/projects",
  component: page(() => import("@/features/projects/projects-page").then((all) => all.ProjectsPage)),
});

const project = createRoute({
  getParentRoute: () => root,
  path: "/projects/$runId",
  component: page(() => import("@/features/project/project-page").then((all) => all.ProjectPage)),
});

export function createAppRouter() {
  return createRouter({
    routeTree: root.addChildren([home, projects, project]),
    defaultPreload: "intent",
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: ErrorPage,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
