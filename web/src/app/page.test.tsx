import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ErrorPage } from "./error-page";
import { page, preloadPages } from "./page";

const Projects = () => <h1>Projects</h1>;

function routerOf(load: () => Promise<typeof Projects>) {
  const root = createRootRoute();
  const home = createRoute({ getParentRoute: () => root, path: "/", component: () => "home" });
  const projects = createRoute({ getParentRoute: () => root, path: "/projects", component: page(load) });
  return createRouter({
    routeTree: root.addChildren([home, projects]),
    history: createMemoryHistory({ initialEntries: ["/"] }),
    defaultErrorComponent: ErrorPage,
  });
}

describe("a page whose code is loaded when it is wanted", () => {
  // The console is told of every fault that an error page stands for.
  beforeEach(() => {
    vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(console, "warn").mockReturnValue();
  });

  it("shows the error page where its code cannot be loaded, and is there at the next try", async () => {
    let away = true;
    const missing = new TypeError("Failed to fetch dynamically imported module: /assets/projects.js");
    const router = routerOf(() => (away ? Promise.reject(missing) : Promise.resolve(Projects)));
    const reload = vi.spyOn(window.location, "reload");
    render(<RouterProvider router={router as never} />);
    await act(() => router.navigate({ to: "/projects" }));
    expect(await screen.findByText("This page ran into a problem")).toBeTruthy();
    expect(reload).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: "Reload the page" })).toBeTruthy();
    away = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "Projects" })).toBeTruthy();
  });

  it("needs nothing more once it was preloaded", async () => {
    const load = vi.fn(() => Promise.resolve(Projects));
    const router = routerOf(load);
    render(<RouterProvider router={router as never} />);
    await act(() => preloadPages(router));
    load.mockRejectedValue(new Error("away"));
    await act(() => router.navigate({ to: "/projects" }));
    expect(await screen.findByRole("heading", { name: "Projects" })).toBeTruthy();
    expect(load).toHaveBeenCalledTimes(1);
  });
});
