import { Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { buttonClass } from "@/ui/button";
import { Empty } from "@/ui/small";

export function NotFound() {
  return (
    <div className="grid h-full place-items-center">
      <Empty page icon={MapPinOff} title="There is no page at this address">
        <p>Check the address, or go on from here.</p>
        <p className="mt-4 flex justify-center gap-2">
          <Link to="/" className={buttonClass("primary")}>
            Go home
          </Link>
          <Link to="/projects" className={buttonClass()}>
            See all projects
          </Link>
        </p>
      </Empty>
    </div>
  );
}
