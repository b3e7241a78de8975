import { useCallback, useEffect, useRef, useState } from "react";
import { type Attached, readAttachedList, shownName, takeText } from "@/lib/attachments";
import { problemFrom } from "@/lib/http";
import { keep, stored } from "@/lib/stored";
import { uuid } from "@/lib/uuid";
import { words } from "@/words";
import { type Attaching, chosen, NOTHING_ATTACHED, notTaken, readyOf, removed, taken } from "./attaching";

const KEY = "botarmy.draft.files";

export interface Attachments {
  readonly state: Attaching;
  readonly add: (files: readonly Candidate[]) => void;
  readonly remove: (key: string) => void;
  readonly clear: () => void;
}

/** What a person chose, dropped or pasted. */
export interface Candidate {
  readonly file: File;
  readonly folder?: boolean;
}

/** The files of the draft: read by the server as they come, and kept in this browser beside the brief. */
export function useAttachments(): Attachments {
  const held = useRef<Attaching | null>(null);
  held.current ??= restored();
  const [state, setState] = useState(held.current);
  const reading = useRef(new Map<string, AbortController>());
  const change = useCallback((next: Attaching) => {
    if (next.items !== held.current?.items) keepFiles(readyOf(next));
    held.current = next;
    setState(next);
  }, []);
  useEffect(() => {
    const all = reading.current;
    return () => {
      for (const one of all.values()) one.abort();
    };
  }, []);
  const now = () => held.current ?? NOTHING_ATTACHED;
  const read = async (key: string, file: File) => {
    const aborting = new AbortController();
    reading.current.set(key, aborting);
    try {
      const attached = await takeText(file, aborting.signal);
      change(taken(now(), key, attached));
    } catch (error) {
      if (!aborting.signal.aborted) change(notTaken(now(), key, sentenceOf(file, error)));
    } finally {
      reading.current.delete(key);
    }
  };
  const add = (files: readonly Candidate[]) => {
    for (const { file, folder = false } of files) {
      const key = uuid();
      change(chosen(now(), { key, name: file.name, size: file.size, folder }));
      if (now().items.some((item) => item.key === key)) void read(key, file);
    }
  };
  const remove = (key: string) => {
    reading.current.get(key)?.abort();
    change(removed(now(), key));
  };
  return { state, add, remove, clear: () => change(NOTHING_ATTACHED) };
}

function sentenceOf(file: File, error: unknown): string {
  const { code, message, action } = problemFrom(error);
  const said = `${message} ${action}`.trim();
  return code.startsWith("attachment") ? said : words.attachments.notRead(shownName(file.name), said);
}

function restored(): Attaching {
  try {
    const files = readAttachedList(JSON.parse(stored(KEY) ?? "[]"));
    const items = files.map((file) => ({ key: uuid(), name: file.name, size: file.size, taken: file }));
    return { items, faults: [] };
  } catch {
    return NOTHING_ATTACHED;
  }
}

function keepFiles(files: readonly Attached[]): void {
  keep(KEY, files.length === 0 ? "" : JSON.stringify(files));
}
