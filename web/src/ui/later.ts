import { type ComponentType, createElement, use } from "react";

/** Code that could not be loaded: the server is away, or has another version by now. */
export class NotLoaded extends Error {
  override name = "NotLoaded";
  /** Clears the way for another try; it does not begin one. */
  readonly again: () => void;

  constructor(again: () => void, cause: unknown) {
    super("A part of the page could not be loaded", { cause });
    this.again = again;
  }
}

/**
 * A component whose code is loaded when it is wanted, or by `preload`. While it is under way, drawing it suspends;
 * where it cannot be loaded, drawing it raises `NotLoaded`, for a boundary to show: the document stays, with all
 * that it holds. `preload` never rejects, and tries again what failed before.
 */
export function later<P extends object>(load: () => Promise<ComponentType<P>>) {
  let loading: Promise<ComponentType<P>> | null = null;
  let there: ComponentType<P> | null = null;
  let failed = false;
  const again = () => {
    if (failed) loading = null;
    failed = false;
  };
  const loaded = () => {
    loading ??= load().then(
      (component) => {
        there = component;
        return component;
      },
      (error: unknown) => {
        failed = true;
        throw new NotLoaded(again, error);
      },
    );
    return loading;
  };
  const preload = async () => {
    again();
    // A failure is told where the component is drawn.
    await loaded().catch(() => {});
  };
  // Once it is there it is drawn at once, without a moment of what stands in for it.
  const Later = (props: P) => createElement<P>(there ?? use(loaded()), props);
  return Object.assign(Later, { preload });
}
