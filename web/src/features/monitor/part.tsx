import type { ReactNode } from "react";
import { useLive } from "@/lib/use-live";
import { useIsAdmin } from "@/lib/use-session";
import { Boundary } from "@/ui/boundary";
import { ProblemNote } from "@/ui/small";
import { AdminsOnly } from "./admins-only";

/** A part of the monitor that follows a topic for admins: who else comes, and a topic that is refused, is told so. */
export function ForAdmins({ topic, children }: { topic: string; children: ReactNode }) {
  const admin = useIsAdmin();
  const refused = useLive((state) => state.refused[topic]);
  if (!admin || refused?.code === "unknown_topic") return <AdminsOnly />;
  if (refused !== undefined) {
    return (
      <div className="px-4 pt-4 sm:px-6">
        <ProblemNote problem={refused} />
      </div>
    );
  }
  return children;
}

/** One of several things on a page, with a name. A fault stays inside it. */
export function Panel(props: { title: string; aside?: ReactNode; className?: string; children: ReactNode }) {
  const { title, aside, className, children } = props;
  return (
    <section aria-label={title} className={className}>
      <div className="mb-2 flex min-h-6 items-baseline justify-between gap-3">
        <h2 className="text-[13px] font-medium text-ink-2">{title}</h2>
        {aside}
      </div>
      <Boundary name={title}>{children}</Boundary>
    </section>
  );
}
