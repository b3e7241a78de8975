/** A shelf in memory, which can be switched off as a browser's storage can. */

import type { Label, Shelf } from "@/lib/kept";
import type { RunView } from "@/lib/views";

export class FakeShelf implements Shelf {
  readonly #held = new Map<string, { label: Label; view: unknown }>();
  broken = false;

  async labels(): Promise<readonly Label[]> {
    this.#check();
    return [...this.#held.values()].map(({ label }) => label);
  }

  async read(runId: string): Promise<{ label: Label; view: unknown } | null> {
    this.#check();
    return this.#held.get(runId) ?? null;
  }

  async put(label: Label, view: RunView): Promise<void> {
    this.#check();
    this.#held.set(label.run_id, { label, view: structuredClone(view) });
  }

  async remove(runIds: readonly string[]): Promise<void> {
    this.#check();
    for (const runId of runIds) this.#held.delete(runId);
  }

  async clear(): Promise<void> {
    this.#check();
    this.#held.clear();
  }

  #check(): void {
    if (this.broken) throw new Error("Storage is switched off");
  }
}
