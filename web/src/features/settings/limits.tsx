import { bytes, whole } from "@/lib/format";
import { cn } from "@/ui/cn";
import { Coded } from "@/ui/coded";
import { words } from "@/words";
import { Asked, Mono, More, Part } from "./part";
import { getSettings, type Setting } from "./requests";
import { GROUP_NAMES, grouped } from "./settings-groups";

const says = words.settings.limits;

/** What is in force. It is read only: the settings are the one place where it is written. */
export function Limits() {
  return (
    <Part id="limits" title={says.title} intro={<Coded>{says.how}</Coded>}>
      <Asked name="limits" ask={getSettings}>
        {(told) => <InForce {...told} />}
      </Asked>
    </Part>
  );
}

interface InForceProps {
  readonly file: string | null;
  readonly settings: readonly Setting[];
  readonly sizes: Readonly<Record<string, number>>;
}

function InForce({ file, settings, sizes }: InForceProps) {
  const { groups, others } = grouped(settings);
  return (
    <>
      {file !== null && (
        <p className="text-[13px] leading-relaxed [overflow-wrap:anywhere] text-ink-2">{says.file(file)}</p>
      )}
      <div className="overflow-hidden rounded-lg border bg-raised">
        {GROUP_NAMES.map((name) => (
          <Rows
            key={name}
            title={says.groups[name]}
            hint={name === "budgets" ? says.day : ""}
            settings={groups[name]}
          />
        ))}
        <Sizes sizes={sizes} />
        <More summary={says.groups.others(others.length)}>
          <List settings={others} />
        </More>
      </div>
    </>
  );
}

function Rows({ title, hint, settings }: { title: string; hint: string; settings: readonly Setting[] }) {
  if (settings.length === 0) return null;
  return (
    <div className="border-b">
      <Heading title={title} hint={hint} />
      <List settings={settings} />
    </div>
  );
}

function Heading({ title, hint = "" }: { title: string; hint?: string }) {
  return (
    <div className="border-b bg-panel px-4 py-2">
      <h3 className="text-xs font-medium text-ink-2">{title}</h3>
      {hint !== "" && <p className="mt-0.5 text-[13px] leading-relaxed text-ink-2">{hint}</p>}
    </div>
  );
}

const COLUMNS = "grid grid-cols-1 gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_minmax(0,220px)]";

function List({ settings }: { settings: readonly Setting[] }) {
  return (
    <dl className="divide-y">
      {settings.map((setting) => (
        <div key={setting.name} className={COLUMNS}>
          <dt className="text-[13px] leading-relaxed">
            {setting.description}{" "}
            <span className="text-ink-2">
              <Mono>{setting.name}</Mono>
            </span>
          </dt>
          <dd className="sm:text-right">
            <Value setting={setting} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ setting }: { setting: Setting }) {
  const { name, value, origin } = setting;
  const set = origin !== "default";
  const dollars = name.endsWith("_usd") && value !== words.settings.none;
  return (
    <>
      <span className={cn("block text-[13px] tabular-nums [overflow-wrap:anywhere]", set && "font-medium")}>
        {dollars ? `$${value}` : value}
      </span>
      <span className="block text-xs [overflow-wrap:anywhere] text-ink-3">
        {set ? origin : says.origins.default}
      </span>
    </>
  );
}

/** Bounds that no setting changes. What a newer server adds has no words here, and is left out. */
function Sizes({ sizes }: { sizes: Readonly<Record<string, number>> }) {
  const known = Object.entries(sizes).filter(([name]) => says.fixed[name] !== undefined);
  return (
    <div className="border-b">
      <Heading title={says.sizes} />
      <dl className="divide-y">
        {known.map(([name, size]) => (
          <div key={name} className="flex justify-between gap-4 px-4 py-2.5">
            <dt className="text-[13px]">{says.fixed[name]}</dt>
            <dd className="text-[13px] tabular-nums">
              {name.endsWith("_bytes") ? bytes(size) : whole(size)}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
