import { Link } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";
import { buttonClass } from "@/ui/button";
import { Empty } from "@/ui/small";
import { words } from "@/words";

const says = words.monitor;

/** In the place of what only admins see. */
export function AdminsOnly() {
  return (
    <div className="grid h-full place-items-center">
      <Empty icon={ShieldAlert} title={says.adminsOnly}>
        <p>{says.adminsOnlyHint}</p>
        <p className="mt-4">
          <Link to="/monitor/jobs" className={buttonClass("primary")}>
            {says.seeYourJobs}
          </Link>
        </p>
      </Empty>
    </div>
  );
}
