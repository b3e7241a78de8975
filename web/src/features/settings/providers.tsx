import { CircleAlert, CircleCheck, CircleDashed, LoaderCircle, type LucideIcon, Plug, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { decimal, whole } from "@/lib/format";
import { Button } from "@/ui/button";
import { Coded } from "@/ui/coded";
import { type Look, StateWord, type Tone } from "@/ui/states";
import { words } from "@/words";
import { Asked, Card, Mono, More, Outcome, Part } from "./part";
import { getServices, type InForce, type Service, type Trial, tryService } from "./requests";
import { type TrialState, useTrial } from "./use-trial";

const says = words.settings.providers;

const LOOKS: Readonly<Record<Service["state"], { icon: LucideIcon; tone: Tone }>> = {
  set_up: { icon: CircleCheck, tone: "done" },
  unknown: { icon: CircleAlert, tone: "quiet" },
  absent: { icon: CircleDashed, tone: "quiet" },
  wrong: { icon: X, tone: "fail" },
};

export function Providers() {
  return (
    <Part id="providers" title={says.title} intro={says.change}>
      <Asked name="providers" ask={getServices}>
        {({ in_force, providers }) => <Services inForce={in_force} services={providers} />}
      </Asked>
    </Part>
  );
}

function Services({ inForce, services }: { inForce: InForce; services: readonly Service[] }) {
  const there = services.filter(({ state, in_use }) => state !== "absent" || in_use);
  const absent = services.filter((service) => !there.includes(service));
  return (
    <>
      <Model inForce={inForce} />
      <Card>
        {there.map((service) => (
          <ServiceRow key={service.name} service={service} />
        ))}
        {absent.length > 0 && (
          <More summary={says.others(absent.length)}>
            <div className="divide-y">
              {absent.map((service) => (
                <ServiceRow key={service.name} service={service} />
              ))}
            </div>
          </More>
        )}
      </Card>
    </>
  );
}

function Model({ inForce }: { inForce: InForce }) {
  const { model, reason, demo, cheaper } = inForce;
  return (
    <div className="rounded-lg border bg-panel px-4 py-3 text-[13px] leading-relaxed text-ink-2">
      <p>
        <span className="text-ink">
          {says.agentsUse} <Mono>{model}</Mono>.
        </span>{" "}
        {reason === "" ? says.named : says.auto(reason)} {demo && says.demo}
      </p>
      <p>{cheaper === null ? <Coded>{says.noCheaper}</Coded> : says.cheaper(cheaper)}</p>
    </div>
  );
}

function ServiceRow({ service }: { service: Service }) {
  const { name, state, lacks, in_use } = service;
  const [model, setModel] = useState("");
  const [trial, test] = useTrial(() => tryService(name, model.trim()));
  const look: Look = { ...LOOKS[state], word: says.states[state] };
  return (
    <article aria-label={name} className="px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h3 className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5 text-sm font-medium">
            {says.titles[name] ?? name}
            <StateWord look={look} />
            {in_use && (
              <span className="rounded-full border border-line-strong px-2 text-[11px] leading-4.5 font-medium text-ink-2">
                {says.inUse}
              </span>
            )}
          </h3>
          {lacks !== "" && <p className="text-[13px] leading-relaxed text-ink-2">{sentence(lacks)}</p>}
          <Facts service={service} />
        </div>
        {state !== "absent" && (
          <TestForm service={service} model={model} onModel={setModel} trial={trial} onTest={test} />
        )}
      </div>
      <TrialOutcome trial={trial} />
    </article>
  );
}

function Facts({ service }: { service: Service }) {
  const { name, key, state, address, default_model } = service;
  const limits = says.perMinute(whole(service.requests_per_minute), whole(service.tokens_per_minute));
  const facts = [
    key === null ? says.noKey : says.key[key.source](key.name),
    address,
    state === "absent" ? "" : limits,
  ].filter(Boolean);
  return (
    <p className="text-[13px] leading-relaxed [overflow-wrap:anywhere] text-ink-2 tabular-nums">
      <Mono>
        {name}
        {default_model === null ? "" : `:${default_model}`}
      </Mono>
      {` · ${facts.join(" · ")}`}
    </p>
  );
}

interface TestFormProps {
  readonly service: Service;
  readonly model: string;
  readonly onModel: (model: string) => void;
  readonly trial: TrialState<Trial>;
  readonly onTest: () => Promise<void>;
}

function TestForm({ service, model, onModel, trial, onTest }: TestFormProps) {
  const field = useId();
  const testing = trial.status === "under way";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onTest();
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      {service.names_model && (
        <>
          <label htmlFor={field} className="sr-only">
            {says.model}
          </label>
          <input
            id={field}
            value={model}
            maxLength={200}
            autoCapitalize="none"
            spellCheck={false}
            placeholder={says.modelHint}
            onChange={(event) => onModel(event.target.value)}
            className="h-8 w-44 rounded-md border bg-raised px-2.5 text-[13px] pointer-coarse:min-h-11"
          />
        </>
      )}
      <Button
        type="submit"
        aria-label={testing ? undefined : says.testOf(service.name)}
        disabled={testing || (service.names_model && model.trim() === "")}
      >
        {testing ? <LoaderCircle className="animate-spin" aria-hidden="true" /> : <Plug aria-hidden="true" />}
        {testing ? says.testing : says.test}
      </Button>
    </form>
  );
}

function TrialOutcome({ trial }: { trial: TrialState<Trial> }) {
  if (trial.status === "refused") return <Outcome bad={trial.problem} />;
  if (trial.status !== "done") return <Outcome />;
  const { model, seconds, problem } = trial.result;
  if (problem !== null) return <Outcome bad={problem} />;
  return <Outcome good={says.answered(model, decimal(seconds ?? 0, 1))} />;
}

/** `no key: set X` as a sentence. */
function sentence(said: string): string {
  const first = said.charAt(0).toUpperCase() + said.slice(1);
  return first.endsWith(".") ? first : `${first}.`;
}
