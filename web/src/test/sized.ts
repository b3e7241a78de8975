import { vi } from "vitest";

/** Every element has a size, so that a list that draws what is in sight draws its rows. Call it before each test. */
export function giveSizes(): void {
  for (const name of ["clientHeight", "clientWidth", "offsetHeight", "offsetWidth"] as const)
    vi.spyOn(HTMLElement.prototype, name, "get").mockReturnValue(400);
}
