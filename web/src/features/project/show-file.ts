import { createContext, useContext } from "react";

/** Shows a file of the project beside the conversation. */
export const ShowFile = createContext<(path: string) => void>(() => {});

export function useShowFile(): (path: string) => void {
  return useContext(ShowFile);
}
