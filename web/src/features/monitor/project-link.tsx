import { Link } from "@tanstack/react-router";
import { cn } from "@/ui/cn";

export function ProjectLink({
  runId,
  title,
  className,
}: {
  runId: string;
  title: string;
  className?: string;
}) {
  return (
    <Link
      to="/projects/$runId"
      params={{ runId }}
      title={title}
      className={cn("truncate underline-offset-4 hover:underline", className)}
    >
      {title}
    </Link>
  );
}
