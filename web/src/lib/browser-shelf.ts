/** The browser's own database as a shelf: labels and views apart, so that looking through the labels is cheap. */

import type { Label, Shelf } from "./kept";
import type { RunView } from "./views";

const DATABASE = "botarmy";
const VERSION = 1;
const LABELS = "labels";
const VIEWS = "views";

export function browserShelf(): Shelf {
  let opening: Promise<IDBDatabase> | null = null;
  const database = () => {
    opening ??= opened().catch((error: unknown) => {
      opening = null;
      throw error;
    });
    return opening;
  };
  /** What `act` asked for, once all of it is written. */
  const within = async <T>(mode: IDBTransactionMode, act: (stores: Stores) => IDBRequest<T> | null) => {
    const transaction = (await database()).transaction([LABELS, VIEWS], mode);
    const done = finished(transaction);
    const asked = act({ labels: transaction.objectStore(LABELS), views: transaction.objectStore(VIEWS) });
    await done;
    return asked?.result;
  };
  return {
    labels: async () => ((await within("readonly", ({ labels }) => labels.getAll())) ?? []) as Label[],
    read: async (runId) => {
      const label: Label | undefined = await within("readonly", ({ labels }) => labels.get(runId));
      const view: unknown = await within("readonly", ({ views }) => views.get(runId));
      return label === undefined || view === undefined ? null : { label, view };
    },
    put: async (label, view: RunView) => {
      await within("readwrite", ({ labels, views }) => {
        labels.put(label, label.run_id);
        views.put(view, label.run_id);
        return null;
      });
    },
    remove: async (runIds) => {
      if (runIds.length === 0) return;
      await within("readwrite", ({ labels, views }) => {
        for (const runId of runIds) {
          labels.delete(runId);
          views.delete(runId);
        }
        return null;
      });
    },
    clear: async () => {
      await within("readwrite", ({ labels, views }) => {
        labels.clear();
        views.clear();
        return null;
      });
    },
  };
}

interface Stores {
  readonly labels: IDBObjectStore;
  readonly views: IDBObjectStore;
}

function opened(): Promise<IDBDatabase> {
  return new Promise((settle, fail) => {
    const asked = indexedDB.open(DATABASE, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(LABELS);
      asked.result.createObjectStore(VIEWS);
    };
    asked.onsuccess = () => settle(asked.result);
    asked.onerror = () => fail(asked.error);
    asked.onblocked = () => fail(new Error("Another tab holds the database"));
  });
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((settle, fail) => {
    transaction.oncomplete = () => settle();
    transaction.onerror = () => fail(transaction.error);
    transaction.onabort = () => fail(transaction.error);
  });
}
