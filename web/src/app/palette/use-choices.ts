import { useRouter } from "@tanstack/react-router";
import { FolderKanban, Keyboard, Moon, Signpost, SquareArrowRight, Sun, SunMoon } from "lucide-react";
import { useStore } from "zustand/react";
import { DESTINATIONS } from "@/app/keys";
import { openOverlay } from "@/app/overlay";
import { useShowRound } from "@/app/tour/use-show-round";
import { useGoTo } from "@/app/use-go-to";
import { useLive } from "@/lib/use-live";
import type { RunSummary } from "@/lib/views";
import { chooseTheme, THEMES, theme as themeStore } from "@/ui/theme";
import { words } from "@/words";
import type { Choice } from "./choice";
import { useProjectChoices } from "./use-project-choices";

const says = words.palette;
const THEME_ICONS = { system: SunMoon, light: Sun, dark: Moon } as const;
const LISTED = 6;

/** Everything that can be chosen here and now. `found`: projects that the server found, beside those held here. */
export function useChoices(query: string, found: readonly RunSummary[]): readonly Choice[] {
  return [...useProjectChoices(), ...usePages(), ...useProjects(query, found), ...useMore()];
}

function usePages(): readonly Choice[] {
  const { goTo, isThere } = useGoTo();
  return Object.values(DESTINATIONS)
    .filter(isThere)
    .map((to) => ({
      id: to,
      label: says.pages[to],
      group: "pages",
      icon: SquareArrowRight,
      run: () => goTo(to),
    }));
}

function useProjects(query: string, found: readonly RunSummary[]): readonly Choice[] {
  const router = useRouter();
  const held = useLive((state) => state.runs) ?? [];
  const known = query === "" ? held.slice(0, LISTED) : held;
  const more = found.filter(({ run_id }) => !known.some((run) => run.run_id === run_id));
  return [...known, ...more].map(({ run_id, title }) => ({
    id: `run:${run_id}`,
    label: title,
    group: "projects",
    icon: FolderKanban,
    run: () => void router.navigate({ to: "/projects/$runId", params: { runId: run_id } }),
  }));
}

function useMore(): readonly Choice[] {
  const showRound = useShowRound();
  const worn = useStore(themeStore);
  const themes = THEMES.filter((one) => one !== worn).map(
    (one): Choice => ({
      id: `theme:${one}`,
      label: says.theme[one],
      group: "more",
      icon: THEME_ICONS[one],
      run: () => chooseTheme(one),
    }),
  );
  const shortcuts: Choice = {
    id: "shortcuts",
    label: says.shortcuts,
    group: "more",
    icon: Keyboard,
    run: () => openOverlay("shortcuts"),
  };
  const tour: Choice = {
    id: "tour",
    label: words.tour.start,
    group: "more",
    icon: Signpost,
    run: showRound,
  };
  return [...themes, shortcuts, tour];
}
