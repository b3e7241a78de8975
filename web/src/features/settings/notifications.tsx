import { LoaderCircle, Send } from "lucide-react";
import { useStore } from "zustand/react";
import { badge, showBadge } from "@/lib/badge";
import { dropNotices, notices, wantNotices } from "@/lib/notices";
import { Button } from "@/ui/button";
import { Coded } from "@/ui/coded";
import { words } from "@/words";
import { Asked, Card, Outcome, Part, Row } from "./part";
import { type Channel, getChannels, type Result, tryChannels } from "./requests";
import { useTrial } from "./use-trial";

const says = words.settings.notices;
const { channels: tells } = words.settings;

export function Notifications({ admin }: { admin: boolean }) {
  return (
    <Part id="notifications" title={says.title}>
      <Card>
        <BrowserNotices />
        <Badge />
      </Card>
      {admin && (
        <div className="mt-5">
          <h3 className="text-[13px] font-medium">{tells.title}</h3>
          <div className="mt-2">
            <Asked name="channels" ask={getChannels}>
              {(told) => <Channels {...told} />}
            </Asked>
          </div>
        </div>
      )}
    </Part>
  );
}

function BrowserNotices() {
  const state = useStore(notices);
  return (
    <Row name={says.browser} hint={<output>{says.states[state]}</output>}>
      {state === "on" && <Button onClick={dropNotices}>{says.turnOff}</Button>}
      {state === "off" && <Button onClick={() => void wantNotices()}>{says.turnOn}</Button>}
    </Row>
  );
}

function Badge() {
  const shown = useStore(badge);
  return (
    <label className="flex cursor-pointer items-center gap-4 px-4 py-3">
      <span className="min-w-0 flex-1">
        <span className="block text-sm font-medium">{says.badge}</span>
        <span className="block text-[13px] leading-relaxed text-ink-2">{says.badgeHint}</span>
      </span>
      <input
        type="checkbox"
        role="switch"
        aria-label={says.badge}
        checked={shown}
        aria-checked={shown}
        onChange={(event) => showBadge(event.target.checked)}
        className="peer sr-only"
      />
      <span
        aria-hidden="true"
        className="relative h-5 w-9 shrink-0 rounded-full bg-line-strong transition-colors duration-150 peer-checked:bg-invert peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-active after:absolute after:top-0.5 after:left-0.5 after:size-4 after:rounded-full after:bg-canvas after:transition-transform after:duration-150 peer-checked:after:translate-x-4"
      />
    </label>
  );
}

interface ChannelsProps {
  readonly channels: readonly Channel[];
  readonly public_url: string | null;
  readonly remind_after_hours: number;
}

function Channels({ channels, public_url, remind_after_hours }: ChannelsProps) {
  const [trial, test] = useTrial(tryChannels);
  const results = trial.status === "done" ? trial.result : [];
  if (channels.length === 0) {
    return (
      <Card>
        <Row name={tells.nothing} hint={<Coded>{tells.how}</Coded>} />
      </Card>
    );
  }
  return (
    <>
      <Card>
        {channels.map((channel) => (
          <ChannelRow
            key={channel.name}
            channel={channel}
            result={results.find(({ name }) => name === channel.name)}
          />
        ))}
      </Card>
      <p className="text-[13px] leading-relaxed text-ink-2">
        {tells.remind(remind_after_hours)}{" "}
        {public_url === null ? <Coded>{tells.noLinks}</Coded> : tells.links(public_url)}
      </p>
      <Button onClick={() => void test()} disabled={trial.status === "under way"}>
        {trial.status === "under way" ? (
          <LoaderCircle className="animate-spin" aria-hidden="true" />
        ) : (
          <Send aria-hidden="true" />
        )}
        {trial.status === "under way" ? tells.testing : tells.test}
      </Button>
      {trial.status === "refused" && <Outcome bad={trial.problem} />}
    </>
  );
}

function ChannelRow({ channel, result }: { channel: Channel; result: Result | undefined }) {
  const { name, to, by } = channel;
  const where = `${tells.intro} ${to.join(", ")}${by === null ? "" : tells.by(by)}.`;
  return (
    <div>
      <Row
        name={tells.names[name] ?? name}
        hint={<span className="[overflow-wrap:anywhere]">{where}</span>}
      />
      <div className={result === undefined ? "" : "px-4 pb-3"}>
        <Outcome good={result?.problem === null ? tells.taken : undefined} bad={told(result?.problem)} />
      </div>
    </div>
  );
}

function told(problem: string | null | undefined) {
  return problem === null || problem === undefined ? undefined : { message: problem, action: "" };
}
