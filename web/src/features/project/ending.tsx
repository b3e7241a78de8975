import { Link } from "@tanstack/react-router";
import { Ban, Check, Download, TriangleAlert, X } from "lucide-react";
import { archiveUrl } from "@/lib/api";
import { useMayCommand } from "@/lib/use-session";
import type { RunView } from "@/lib/views";
import { buttonClass } from "@/ui/button";
import { cn } from "@/ui/cn";
import { runLook, TONE_TEXT } from "@/ui/states";
import { words } from "@/words";
import { ending } from "./run-facts";

const says = words.ending;

/** The end of the document: how it went, and what to do with it. */
export function Ending({ view }: { view: RunView }) {
  const end = ending(view);
  const mayStart = useMayCommand();
  if (end === null) return null;
  const Icon = iconOf(view);
  return (
    <section
      aria-label={says.label}
      className="flex animate-rise flex-wrap items-center gap-x-3 gap-y-3 rounded-lg border px-4 py-3.5"
    >
      <Icon className={cn("size-5 shrink-0", TONE_TEXT[runLook(view).tone])} aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="text-sm font-medium">{end.title}</p>
        <p className="text-[13px] text-ink-2 tabular-nums">{end.detail}</p>
      </div>
      {/* Where they do not fit beside the words, they stand below them. */}
      <div className="flex gap-2 max-xl:basis-full max-xl:pl-8">
        {view.artifacts.length > 0 && (
          <a href={archiveUrl(view.run_id)} download className={buttonClass("primary")}>
            <Download aria-hidden="true" /> {says.downloadAll}
          </a>
        )}
        {mayStart && (
          <Link to="/" className={buttonClass()}>
            {says.newProject}
          </Link>
        )}
      </div>
    </section>
  );
}

function iconOf({ status, outcome }: RunView) {
  if (status === "cancelled") return Ban;
  if (status === "failed") return X;
  return outcome === "partial" ? TriangleAlert : Check;
}
