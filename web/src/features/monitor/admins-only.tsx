import { Link } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";
import { buttonClass } from "@/ui/button";
import { Empty } from "@/ui/small";

/** In the place of what only admins see. */
export function AdminsOnly() {
  return (
    <div className="grid h-full place-items-center">
      <Empty icon={ShieldAlert} title="This part is for admins">
        <p>Workers, connections and the log of the whole server are theirs to see. Your own jobs are here.</p>
        <p className="mt-4">
          <Link to="/monitor/jobs" className={buttonClass("primary")}>
            See your jobs
          </Link>
        </p>
      </Empty>
    </div>
  );
}
