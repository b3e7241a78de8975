/** Short news at the edge of the page. What shows them is loaded with the first one. */

import { createStore, type StoreApi } from "zustand/vanilla";

export interface Toast {
  readonly kind: "plain" | "error";
  readonly message: string;
  readonly description: string | undefined;
}

/** Until what shows them is there; of more, the last ones stay. */
const WAITING = 5;

/** What nobody has been shown yet, oldest first. */
export const untold: StoreApi<readonly Toast[]> = createStore<readonly Toast[]>(() => []);

interface More {
  readonly description?: string | undefined;
}

function tell(kind: Toast["kind"], message: string, description: string | undefined): void {
  const said = { kind, message, description: description === "" ? undefined : description };
  untold.setState((waiting) => [...waiting, said].slice(-WAITING), true);
}

/** Something went well, or is worth a word. */
export function toast(message: string, more: More = {}): void {
  tell("plain", message, more.description);
}

/** Something that a person wanted did not happen. */
toast.error = (message: string, more: More = {}): void => {
  tell("error", message, more.description);
};
