import { Fragment } from "react";

/** A sentence. What stands between `backticks` in it is to be typed as it is. */
export function Coded({ children }: { children: string }) {
  return children.split("`").map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a part's place is its identity
    <Fragment key={at}>
      {at % 2 === 0 ? part : <code className="font-mono text-[0.92em] wrap-anywhere">{part}</code>}
    </Fragment>
  ));
}
