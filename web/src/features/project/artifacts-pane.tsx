import { ChevronRight, Download, Ellipsis, Files, FileText, Folder as FolderIcon } from "lucide-react";
import { memo, Suspense, useMemo, useState } from "react";
import { archiveUrl } from "@/lib/api";
import { runEnded } from "@/lib/reduce";
import type { ArtifactView, RunView } from "@/lib/views";
import { Boundary } from "@/ui/boundary";
import { buttonClass } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Empty } from "@/ui/small";
import { words } from "@/words";
import { ArtifactPreview } from "./parts";
import { PreviewSkeleton } from "./preview-skeleton";
import { EVERY_STAGE, StageTabs } from "./stage-tabs";
import { stagesOf } from "./stages";
import { type Folder, nameOf, treeOf } from "./tree";

const says = words.files;

interface Props {
  readonly view: RunView;
  /** The path of the file that is shown. */
  readonly shown: string | null;
  readonly onShow: (path: string | null) => void;
}

export function ArtifactsPane({ view, shown, onShow }: Props) {
  const { artifacts } = view;
  const [picked, setPicked] = useState(EVERY_STAGE);
  const stages = useMemo(() => stagesOf(view), [view]);
  const stage = stages.find(({ id }) => `stage ${id}` === picked);
  const tree = useMemo(() => treeOf(stage?.files ?? artifacts), [stage, artifacts]);
  const file = artifacts.find(({ path }) => path === shown);
  const files = (
    <nav
      aria-label={says.label}
      data-written=""
      className={cn(
        "overflow-y-auto px-2 pt-1 pb-3",
        file === undefined ? "min-h-0 flex-1" : "max-h-[38%] shrink-0",
      )}
    >
      <FolderRows folder={tree} shown={shown} onShow={onShow} depth={0} open={artifacts.length <= MANY} />
    </nav>
  );
  return (
    <aside
      data-tour="artifacts"
      aria-label={words.project.artifacts}
      className="flex h-full min-h-0 flex-col bg-panel lg:border-l"
    >
      <div className="flex h-13 shrink-0 items-center gap-2 pr-3 pl-5">
        <h2 className="flex-1 text-xs font-medium text-ink-2">
          {words.project.artifacts}
          {artifacts.length > 0 && (
            <span className="ml-2 text-ink-3 tabular-nums">{says.count(artifacts.length)}</span>
          )}
        </h2>
        {artifacts.length > 0 && (
          <a href={archiveUrl(view.run_id)} download className={buttonClass()}>
            <Download aria-hidden="true" /> {says.downloadAll}
          </a>
        )}
      </div>
      {artifacts.length === 0 && <NoFiles ended={runEnded(view.status)} />}
      {artifacts.length > 0 && stages.length < 2 && files}
      {stages.length > 1 && (
        <StageTabs stages={stages} value={stage === undefined ? EVERY_STAGE : picked} onChange={setPicked}>
          {files}
        </StageTabs>
      )}
      {file !== undefined && (
        <Boundary key={file.path} name={says.thePreview}>
          <Suspense fallback={<PreviewSkeleton path={file.path} onClose={() => onShow(null)} />}>
            <ArtifactPreview
              runId={view.run_id}
              file={file}
              artifacts={artifacts}
              onClose={() => onShow(null)}
            />
          </Suspense>
        </Boundary>
      )}
    </aside>
  );
}

function NoFiles({ ended }: { ended: boolean }) {
  if (ended) return <Empty icon={Files} title={says.noneWritten} />;
  return (
    <Empty icon={Files} title={says.none}>
      {says.noneHint}
    </Empty>
  );
}

/** With more files than this, folders are closed at first, and of one folder no more are drawn until somebody wants them. */
const MANY = 100;

const prepare = () => void ArtifactPreview.preload();

interface RowsProps {
  readonly folder: Folder;
  readonly shown: string | null;
  readonly onShow: (path: string) => void;
  readonly depth: number;
  /** Whether folders are open at first. */
  readonly open: boolean;
}

/** Drawn again only when files come or another one is shown, not with every word of a reply. */
const FolderRows = memo(function FolderRows({ folder, depth, ...rest }: RowsProps) {
  const [drawn, setDrawn] = useState(MANY);
  const more = folder.files.length - drawn;
  return (
    <ul>
      {folder.folders.map((inside) => (
        <FolderRow key={inside.path} folder={inside} depth={depth} {...rest} />
      ))}
      {folder.files.slice(0, drawn).map((file) => (
        <FileRow key={file.path} file={file} depth={depth} {...rest} />
      ))}
      {more > 0 && (
        <li>
          <button
            type="button"
            onClick={() => setDrawn(drawn * 2)}
            className={cn(ROW, "text-ink-2")}
            style={indent(depth)}
          >
            <span className="w-3.5 shrink-0" />
            <Ellipsis className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
            {says.moreFiles(more)}
          </button>
        </li>
      )}
    </ul>
  );
});

const ROW =
  "flex h-8 w-full items-center gap-1.5 rounded-md pr-2 text-left text-[13px] transition-colors duration-150 -outline-offset-2 hover:bg-hover pointer-coarse:min-h-11";

function indent(depth: number) {
  return { paddingLeft: 12 + depth * 16 };
}

function FolderRow({ folder, depth, ...rest }: RowsProps) {
  const [open, setOpen] = useState(rest.open);
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className={ROW}
        style={indent(depth)}
      >
        <ChevronRight
          className={cn(
            "size-3.5 shrink-0 text-ink-3 transition-transform duration-150",
            open && "rotate-90",
          )}
          aria-hidden="true"
        />
        <FolderIcon className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} aria-hidden="true" />
        <span className="truncate">{folder.name}</span>
      </button>
      {open && <FolderRows folder={folder} depth={depth + 1} {...rest} />}
    </li>
  );
}

interface FileProps extends Omit<RowsProps, "folder" | "open"> {
  readonly file: ArtifactView;
}

function FileRow({ file, depth, shown, onShow }: FileProps) {
  const current = file.path === shown;
  return (
    <li className="animate-fade">
      <button
        type="button"
        aria-current={current ? "true" : undefined}
        onClick={() => onShow(file.path)}
        onPointerEnter={prepare}
        onFocus={prepare}
        className={cn(ROW, current && "bg-hover font-medium")}
        style={indent(depth)}
        title={file.path}
      >
        <span className="w-3.5 shrink-0" />
        <FileText className="size-4 shrink-0 text-ink-3" strokeWidth={1.75} aria-hidden="true" />
        <span className="min-w-0 flex-1 truncate">{nameOf(file.path)}</span>
        {file.version > 1 && (
          <span className="text-xs font-normal text-ink-3 tabular-nums">{says.short(file.version)}</span>
        )}
      </button>
    </li>
  );
}
