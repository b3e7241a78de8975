/** Small settings kept in this browser. Storage may be switched off or full: then they last as long as the page. */

const OURS = "botarmy.";
/** The script that runs before the first paint reads the same key. It says nothing of anybody's work, so it stays. */
export const THEME_KEY = "botarmy.theme";
/** What of the tour was shown already: who was shown round once never is again. */
export const TOUR_KEY = "botarmy.tour";
const STAYS: readonly string[] = [THEME_KEY, TOUR_KEY];

export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    if (value === "") localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Nothing is lost now, only at the next visit.
  }
}

/** Drafts and whatever else belongs to who was signed in: everything but the theme and the tour. */
export function forgetContents(): void {
  try {
    for (const storage of [localStorage, sessionStorage]) {
      const ours = Object.keys(storage).filter((key) => key.startsWith(OURS) && !STAYS.includes(key));
      for (const key of ours) storage.removeItem(key);
    }
  } catch {
    // Storage is switched off: then nothing was kept.
  }
}
