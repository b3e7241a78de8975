import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { bytes, clock } from "@/lib/format";
import { useServerStatus } from "@/ui/demo-label";
import { words } from "@/words";
import { Asked, Card, Mono, Part } from "./part";
import { type Finding, getServer, type Server } from "./requests";

const says = words.settings.about;

export function About({ admin }: { admin: boolean }) {
  return (
    <Part id="about" title={says.title}>
      {admin ? (
        <Asked name="about" ask={getServer}>
          {(server) => <Everything server={server} />}
        </Asked>
      ) : (
        <Card>
          <Version />
          <Documentation />
        </Card>
      )}
    </Part>
  );
}

function Everything({ server }: { server: Server }) {
  const { folder, findings } = server;
  return (
    <>
      <Card>
        <Fact name={says.version}>{server.version}</Fact>
        <Fact name={says.running}>{clock(server.uptime_seconds)}</Fact>
        <Fact name={says.database}>{server.database}</Fact>
        {folder !== null && (
          <Fact name={says.folder}>
            {folder.path}
            <span className="block text-ink-2">
              {says.size(bytes(folder.size_bytes), bytes(folder.free_bytes))}
            </span>
          </Fact>
        )}
        <Fact name={says.python}>{server.python}</Fact>
        <Documentation />
      </Card>
      <h3 className="pt-2 text-[13px] font-medium">{says.check}</h3>
      <Findings findings={findings} />
    </>
  );
}

function Version() {
  const status = useServerStatus();
  if (status === undefined) return null;
  return (
    <>
      <Fact name={says.version}>{status.version}</Fact>
      <Fact name={says.model}>
        <Mono>{status.model}</Mono>
      </Fact>
    </>
  );
}

function Documentation() {
  return (
    <Fact name={says.documentation}>
      {says.docs}
      <a href="/api/openapi.json" className="underline underline-offset-4">
        {says.api}
      </a>
      .
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <dl className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 text-[13px] sm:grid-cols-[140px_minmax(0,1fr)]">
      <dt className="text-ink-2">{name}</dt>
      <dd className="[overflow-wrap:anywhere] tabular-nums">{children}</dd>
    </dl>
  );
}

const ICONS = {
  ok: [CircleCheck, "text-done"],
  warn: [CircleAlert, "text-wait"],
  fail: [TriangleAlert, "text-fail"],
} as const;

/** What needs attention first; nothing of that is said too. */
function Findings({ findings }: { findings: readonly Finding[] }) {
  const sorted = [...findings].sort((a, b) => WEIGHT[b.level] - WEIGHT[a.level]);
  return (
    <>
      {sorted.every(({ level }) => level === "ok") && (
        <p className="text-[13px] text-ink-2">{says.allWell}</p>
      )}
      <Card>
        {sorted.map(({ level, what, detail, action }) => {
          const [Icon, tone] = ICONS[level];
          return (
            <div key={`${what} ${detail}`} className="flex items-start gap-2.5 px-4 py-2.5 text-[13px]">
              <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} aria-label={says.levels[level]} role="img" />
              <div className="min-w-0 [overflow-wrap:anywhere]">
                <span className="font-medium">{what}</span> <span className="text-ink-2">{detail}</span>
                {action !== "" && <p className="text-ink-2">{action}</p>}
              </div>
            </div>
          );
        })}
      </Card>
    </>
  );
}

const WEIGHT: Readonly<Record<Finding["level"], number>> = { ok: 0, warn: 1, fail: 2 };
