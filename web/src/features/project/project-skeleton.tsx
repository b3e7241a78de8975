import { Skeleton } from "@/ui/small";
import { words } from "@/words";

/** The shape of what follows, while the first snapshot is on its way. */
export function ProjectSkeleton() {
  return (
    <output className="flex h-full animate-fade flex-col" aria-label={words.project.opening}>
      <div className="flex h-14 shrink-0 items-center gap-3 border-b px-4">
        <Skeleton className="h-4 w-52" />
        <Skeleton className="h-6 w-20 rounded-full" />
      </div>
      <div className="grid min-h-0 flex-1 grid-rows-1 lg:grid-cols-[252px_minmax(0,1fr)_272px] xl:grid-cols-[272px_minmax(0,1fr)_400px]">
        <div className="hidden space-y-8 border-r bg-panel p-5 lg:block">
          {[0, 1, 2, 3, 4].map((card) => (
            <div key={card} className="flex gap-3">
              <Skeleton className="size-8 rounded-full" />
              <div className="flex-1 space-y-2.5 pt-1">
                <Skeleton className="h-3.5 w-24" />
                <Skeleton className="h-3 w-full" />
              </div>
            </div>
          ))}
        </div>
        <div className="mx-auto w-full max-w-[760px] space-y-4 px-6 py-8">
          <Skeleton className="h-4 w-32" />
          <Skeleton className="h-3.5 w-full" />
          <Skeleton className="h-3.5 w-11/12" />
          <Skeleton className="h-3.5 w-4/5" />
        </div>
        <div className="hidden space-y-3 border-l bg-panel p-5 lg:block">
          <Skeleton className="h-4 w-24" />
          <Skeleton className="h-3.5 w-40" />
          <Skeleton className="h-3.5 w-36" />
        </div>
      </div>
    </output>
  );
}
