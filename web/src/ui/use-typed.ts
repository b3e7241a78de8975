import { useEffect, useRef, useState } from "react";

const SETTLES_MS = 250;

/**
 * What is being typed, told to `settle` once it rests. Where `settled` is changed from elsewhere, that is what
 * stands there from then on. `settle` has to keep its identity.
 */
export function useTyped(settled: string, settle: (text: string) => void): [string, (text: string) => void] {
  const [typed, setTyped] = useState(settled);
  const told = useRef(settled);
  useEffect(() => {
    if (settled === told.current) return;
    told.current = settled;
    setTyped(settled);
  }, [settled]);
  useEffect(() => {
    if (typed.trim() === told.current.trim()) return;
    const timer = setTimeout(() => {
      told.current = typed.trim();
      settle(typed.trim());
    }, SETTLES_MS);
    return () => clearTimeout(timer);
  }, [typed, settle]);
  return [typed, setTyped];
}
