import { useEffect, useState } from "react";

/** A text that is loaded once, whatever changes around it, and then belongs to whoever may type in it. */
export function useText(load: () => Promise<string>) {
  const [text, setText] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [first] = useState(() => load);
  useEffect(() => {
    let wanted = true;
    first().then(
      (loaded) => wanted && setText(loaded),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [first]);
  return { text, setText, failed };
}
