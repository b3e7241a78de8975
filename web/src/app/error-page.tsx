import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { useContext, useEffect, useState } from "react";
import { CrashContext } from "@/lib/crash-context";
import { Button, buttonClass } from "@/ui/button";
import { NotLoaded } from "@/ui/later";
import { Reference } from "@/ui/reference";
import { Empty } from "@/ui/small";
import { words } from "@/words";
import { preloadPages } from "./page";

const says = words.faults;

/** A page that broke. The project's work goes on in the server; nothing of it is lost. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const report = useContext(CrashContext);
  const [reference, setReference] = useState<string | null>(null);
  useEffect(() => setReference(report(error, says.thisPage)), [report, error]);
  const missing = error instanceof NotLoaded;
  // What is missing may be the page's own code.
  const tryAgain = () => preloadPages(router).then(reset);
  return (
    <div className="grid h-full place-items-center" role="alert">
      <Empty page icon={CircleAlert} title={says.page}>
        <p>{missing ? says.notLoadedHint : says.pageHint}</p>
        <Reference reference={reference} />
        <p className="mt-4 flex justify-center gap-2">
          <Button look="primary" onClick={tryAgain}>
            {says.tryAgain}
          </Button>
          {missing && <Button onClick={() => location.reload()}>{says.reload}</Button>}
          <Link to="/" className={buttonClass()}>
            {says.goHome}
          </Link>
        </p>
      </Empty>
    </div>
  );
}
