/** What a page did, by the browser's own measures. */

import { loadavg } from "node:os";
import type { CDPSession, Page } from "@playwright/test";

/** How busy the machine is: its load of the last minute. */
export function load(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

export function ranked(values: readonly number[]): { median: number; worst: number } {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, worst: sorted.at(-1) ?? 0 };
}

/** From now on tasks of 50 ms and longer are noted, and how long it took to answer keys and clicks. */
export async function observe(page: Page): Promise<void> {
  await page.evaluate(() => {
    const noted = { tasks: [] as number[], interactions: [] as number[] };
    Object.assign(window, { noted });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) noted.tasks.push(duration);
    }).observe({ type: "longtask" });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { interactionId, duration } = entry as PerformanceEntry & { interactionId?: number };
        if (interactionId) noted.interactions.push(duration);
      }
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
}

export interface Noted {
  /** Milliseconds of each long task. */
  readonly tasks: readonly number[];
  /** Milliseconds from a key or a click to the next frame, of those that took 16 and more. */
  readonly interactions: readonly number[];
}

export function observed(page: Page): Promise<Noted> {
  return page.evaluate(() => (window as unknown as { noted: Noted }).noted);
}

export interface Memory {
  readonly heapMiB: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** After a collection of garbage. */
export async function memoryOf(session: CDPSession): Promise<Memory> {
  // What the first collection lets go of may hold more.
  for (let times = 0; times < 2; times++) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  return { heapMiB: usedSize / 2 ** 20, nodes, listeners: jsEventListeners };
}
