import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";
import { Button, buttonClass } from "@/ui/button";
import { Empty } from "@/ui/small";
import { preloadPages } from "./page";

/** A page that broke. The project's work goes on in the server; nothing of it is lost. */
export function ErrorPage({ reset }: ErrorComponentProps) {
  const router = useRouter();
  // What is missing may be the page's own code.
  const tryAgain = () => preloadPages(router).then(reset);
  return (
    <div className="grid h-full place-items-center" role="alert">
      <Empty page icon={CircleAlert} title="This page ran into a problem">
        <p>Your projects are safe and go on. Try the page again, or go home.</p>
        <p className="mt-4 flex justify-center gap-2">
          <Button look="primary" onClick={tryAgain}>
            Try again
          </Button>
          <Link to="/" className={buttonClass()}>
            Go home
          </Link>
        </p>
      </Empty>
    </div>
  );
}
