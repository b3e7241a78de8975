import { createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { createElement } from "react";
import { readAnalyticsFilter } from "@/features/analytics/filter";
import { readJobFilter } from "@/features/monitor/job-filter";
import { readProjectFilter } from "@/features/projects/filter";
import { readCopy } from "@/features/teams/copy";
import { SignOut } from "./account";
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
  validateSearch: readProjectFilter,
  component: page(() => import("@/features/projects/projects-page").then((all) => all.ProjectsPage)),
});

/** The inbox shows requests as their projects do. */
const inbox = createRoute({
  getParentRoute: () => root,
  path: "/inbox",
  component: page(async () => {
    const [{ InboxPage }, { InboxCard }] = await Promise.all([
      import("@/features/inbox/inbox-page"),
      import("./inbox-card"),
    ]);
    return () => createElement(InboxPage, { card: InboxCard });
  }),
});

const project = createRoute({
  getParentRoute: () => root,
  path: "/projects/$runId",
  component: page(() => import("@/features/project/project-page").then((all) => all.ProjectPage)),
});

const teams = createRoute({
  getParentRoute: () => root,
  path: "/teams",
  component: page(() => import("@/features/teams/teams-page").then((all) => all.TeamsPage)),
});

const newTeam = createRoute({
  getParentRoute: () => root,
  path: "/teams/new",
  validateSearch: readCopy,
  component: page(() => import("@/features/teams/new-team-page").then((all) => all.NewTeamPage)),
});

const team = createRoute({
  getParentRoute: () => root,
  path: "/teams/$name",
  component: page(() => import("@/features/teams/team-page").then((all) => all.TeamPage)),
});

const timeline = createRoute({
  getParentRoute: () => root,
  path: "/projects/$runId/timeline",
  component: page(() => import("@/features/timeline/timeline-page").then((all) => all.TimelinePage)),
});

const analytics = createRoute({
  getParentRoute: () => root,
  path: "/analytics",
  validateSearch: readAnalyticsFilter,
  component: page(() => import("@/features/analytics/analytics-page").then((all) => all.AnalyticsPage)),
});

const monitor = createRoute({
  getParentRoute: () => root,
  path: "/monitor",
  component: page(() => import("@/features/monitor/monitor-page").then((all) => all.MonitorPage)),
});

const overview = createRoute({
  getParentRoute: () => monitor,
  path: "/",
  component: page(() => import("@/features/monitor/overview").then((all) => all.Overview)),
});

const jobs = createRoute({
  getParentRoute: () => monitor,
  path: "/jobs",
  validateSearch: readJobFilter,
  component: page(() => import("@/features/monitor/jobs-part").then((all) => all.JobsPart)),
});

const workers = createRoute({
  getParentRoute: () => monitor,
  path: "/workers",
  component: page(() => import("@/features/monitor/workers-part").then((all) => all.WorkersPart)),
});

const connections = createRoute({
  getParentRoute: () => monitor,
  path: "/connections",
  component: page(() => import("@/features/monitor/connections-part").then((all) => all.ConnectionsPart)),
});

const events = createRoute({
  getParentRoute: () => monitor,
  path: "/events",
  component: page(() => import("@/features/monitor/feed-part").then((all) => all.FeedPart)),
});

/** The way out is the header's; the settings show it once more. */
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: page(async () => {
    const { SettingsPage } = await import("@/features/settings/settings-page");
    return () => createElement(SettingsPage, { signOut: SignOut });
  }),
});

const parts = [overview, jobs, workers, connections, events];

export function createAppRouter() {
  return createRouter({
    routeTree: root.addChildren([
      home,
      projects,
      project,
      timeline,
      inbox,
      settings,
      teams,
      newTeam,
      team,
      analytics,
      monitor.addChildren(parts),
    ]),
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
