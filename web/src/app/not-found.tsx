import { Link } from "@tanstack/react-router";
import { MapPinOff } from "lucide-react";
import { buttonClass } from "@/ui/button";
import { Empty } from "@/ui/small";
import { words } from "@/words";

const says = words.notFound;

export function NotFound() {
  return (
    <div className="grid h-full place-items-center">
      <Empty page icon={MapPinOff} title={says.title}>
        <p>{says.hint}</p>
        <p className="mt-4 flex justify-center gap-2">
          <Link to="/" className={buttonClass("primary")}>
            {says.goHome}
          </Link>
          <Link to="/projects" className={buttonClass()}>
            {says.projects}
          </Link>
        </p>
      </Empty>
    </div>
  );
}
