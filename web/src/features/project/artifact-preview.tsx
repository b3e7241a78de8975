import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CodeXml, Download, Eye, FileX, Maximize2, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, Suspense, useEffect, useState } from "react";
import { artifactUrl, getArtifact } from "@/lib/api";
import { bytes } from "@/lib/format";
import { problemFrom } from "@/lib/http";
import type { ArtifactView } from "@/lib/views";
import { Button, buttonClass, IconButton } from "@/ui/button";
import { Code } from "@/ui/code";
import { Markdown } from "@/ui/markdown";
import { Empty, ProblemNote } from "@/ui/small";
import { words } from "@/words";
import { EditFile } from "./edit-file";
import { type FileKind, fileLanguage, isEditable, kindOf, PREVIEW_BYTES } from "./file-kind";
import { safeHtml } from "./html-preview";
import { ChangesView } from "./parts";
import { Lines } from "./preview-skeleton";
import { nameOf } from "./tree";
import { VersionBar } from "./version-bar";

const says = words.files;

interface Props {
  readonly runId: string;
  readonly file: ArtifactView;
  /** All files of the run: a page finds its style sheets among them. */
  readonly artifacts: readonly ArtifactView[];
  readonly onClose: () => void;
}

export function ArtifactPreview(props: Props) {
  const { runId, file: latest, onClose } = props;
  const { file, bar, comparing } = useVersions(latest);
  const kind = kindOf(file.path, file.media_type);
  const [source, setSource] = useState(false);
  const rendered = kind === "markdown" || kind === "html";
  const tools = (
    <>
      {rendered && (
        <IconButton label={source ? says.showPreview : says.showSource} onClick={() => setSource(!source)}>
          {source ? <Eye aria-hidden="true" /> : <CodeXml aria-hidden="true" />}
        </IconButton>
      )}
      {file === latest && <EditFile runId={runId} file={file} />}
      <a
        href={artifactUrl(runId, file.path, file.version)}
        download={nameOf(file.path)}
        aria-label={says.downloadFile(nameOf(file.path))}
        title={says.download}
        className={buttonClass("quiet", true)}
      >
        <Download aria-hidden="true" />
      </a>
    </>
  );
  const body = comparing ? (
    <Suspense fallback={<Lines />}>
      <ChangesView runId={runId} file={file} since={file.version - 1} />
    </Suspense>
  ) : (
    <Content {...props} file={file} kind={source ? "code" : kind} />
  );
  return (
    <section
      aria-label={says.previewOf(file.path)}
      className="flex min-h-0 flex-1 animate-fade flex-col border-t"
    >
      <div className="flex h-11 shrink-0 items-center gap-0.5 border-b pr-2 pl-5">
        <FileFacts file={file} />
        {tools}
        <Large title={file.path} facts={<FileFacts file={file} />} tools={tools}>
          {body}
        </Large>
        <IconButton label={says.closePreview} onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </div>
      {bar}
      <Scrolling>{body}</Scrolling>
    </section>
  );
}

/** Which version is shown, the latest until another one is picked, and whether it is compared with the one before. */
function useVersions(latest: ArtifactView) {
  const [picked, setPicked] = useState<number | null>(null);
  const [compared, setCompared] = useState(false);
  const file = picked === null || picked >= latest.version ? latest : { ...latest, version: picked };
  const texts = isEditable(latest);
  const bar = latest.version > 1 && (
    <VersionBar
      file={latest}
      version={file.version}
      onVersion={(version) => setPicked(version === latest.version ? null : version)}
      comparing={compared}
      onCompare={texts ? setCompared : null}
    />
  );
  return { file, bar, comparing: compared && texts && file.version > 1 };
}

function Scrolling({ children }: { children: ReactNode }) {
  return (
    <section
      aria-label={says.contents}
      data-written=""
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-auto bg-canvas -outline-offset-2"
    >
      {children}
    </section>
  );
}

function FileFacts({ file }: { file: ArtifactView }) {
  return (
    <p className="min-w-0 flex-1 truncate text-[13px]">
      <span className="font-medium" title={file.path}>
        {nameOf(file.path)}
      </span>
      <span className="ml-2 text-xs text-ink-3 tabular-nums">
        {file.version > 1 && says.shortBefore(file.version)}
        {bytes(file.size)}
      </span>
    </p>
  );
}

interface LargeProps {
  readonly title: string;
  readonly facts: ReactNode;
  readonly tools: ReactNode;
  readonly children: ReactNode;
}

/** The same, over the whole page. */
function Large({ title, facts, tools, children }: LargeProps) {
  return (
    <Dialog.Root>
      <Dialog.Trigger asChild>
        <IconButton label={says.enlarge}>
          <Maximize2 aria-hidden="true" />
        </IconButton>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-[#000]/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-2 z-50 mx-auto flex max-w-[1100px] animate-fade flex-col overflow-hidden rounded-xl border bg-canvas shadow-raised sm:inset-6"
        >
          <Dialog.Title className="sr-only">{title}</Dialog.Title>
          <div className="flex h-12 shrink-0 items-center gap-0.5 border-b bg-panel pr-2 pl-5">
            {facts}
            {tools}
            <Dialog.Close asChild>
              <IconButton label={says.close}>
                <X aria-hidden="true" />
              </IconButton>
            </Dialog.Close>
          </div>
          <Scrolling>{children}</Scrolling>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content({ runId, file, artifacts, kind }: Props & { kind: FileKind }) {
  const shown = file.size <= PREVIEW_BYTES || kind === "image";
  const { data, error, refetch } = useQuery({
    queryKey: ["artifact", runId, file.path, file.version],
    queryFn: ({ signal }) => getArtifact(runId, file.path, file.version, signal),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: shown,
  });
  if (!shown) return <NoPreview why={says.tooLarge} />;
  if (error !== null) {
    return (
      <div className="p-4">
        <ProblemNote problem={problemFrom(error)}>
          <Button onClick={() => refetch()}>{says.tryAgain}</Button>
        </ProblemNote>
      </div>
    );
  }
  if (data === undefined) return <Lines />;
  if (kind !== "image" && data.size > PREVIEW_BYTES) return <NoPreview why={says.tooLarge} />;
  if (kind === "image") return <Picture blob={data} name={nameOf(file.path)} />;
  return <Text blob={data} runId={runId} file={file} artifacts={artifacts} kind={kind} />;
}

function NoPreview({ why }: { why: string }) {
  return (
    <Empty icon={FileX} title={says.noPreview}>
      {why}
    </Empty>
  );
}

/** An image cannot run anything, not even an SVG, as long as it is shown as an image. */
function Picture({ blob, name }: { blob: Blob; name: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const created = URL.createObjectURL(blob);
    setUrl(created);
    return () => URL.revokeObjectURL(created);
  }, [blob]);
  if (url === null) return <Lines />;
  return <img src={url} alt={name} className="mx-auto max-h-full max-w-full object-contain p-4" />;
}

function Text({
  blob,
  runId,
  file,
  artifacts,
  kind,
}: Omit<Props, "onClose"> & { blob: Blob; kind: FileKind }) {
  const { data: text } = useQuery({
    queryKey: ["artifact-text", runId, file.path, file.version],
    queryFn: () => blob.text(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (text === undefined) return <Lines />;
  if (text.includes("\0")) return <NoPreview why={says.noText} />;
  if (kind === "markdown") return <Markdown text={text} className="px-5 py-4" />;
  if (kind === "html") return <Page text={text} runId={runId} file={file} artifacts={artifacts} />;
  return <Code source={text} language={fileLanguage(file.path)} />;
}

function Page({ text, runId, file, artifacts }: Omit<Props, "onClose"> & { text: string }) {
  const queries = useQueryClient();
  const sheet = async (path: string) => {
    const found = artifacts.find((one) => one.path === path);
    if (found === undefined || found.size > PREVIEW_BYTES) return null;
    const queryKey = ["artifact", runId, found.path, found.version];
    const queryFn = () => getArtifact(runId, found.path, found.version);
    return (await queries.fetchQuery({ queryKey, queryFn, staleTime: Number.POSITIVE_INFINITY })).text();
  };
  const { data } = useQuery({
    queryKey: ["page", runId, file.path, artifacts.map(({ sha256 }) => sha256).join()],
    queryFn: () => safeHtml(text, file.path, (path) => sheet(path).catch(() => null)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (data === undefined) return <Lines />;
  return (
    <div className="flex h-full min-h-60 flex-col">
      <iframe
        title={says.previewOf(nameOf(file.path))}
        sandbox=""
        srcDoc={data}
        referrerPolicy="no-referrer"
        className="min-h-0 w-full flex-1 bg-white"
      />
      <p className="shrink-0 border-t bg-panel px-4 py-2 text-xs text-ink-2">{says.switchedOff}</p>
    </div>
  );
}
