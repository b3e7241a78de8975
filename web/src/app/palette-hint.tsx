import { Search } from "lucide-react";
import { buttonClass } from "@/ui/button";
import { cn } from "@/ui/cn";
import { Kbd } from "@/ui/small";
import { words } from "@/words";
import { openOverlay } from "./overlay";
import { preloadOverlays } from "./overlays";

const says = words.palette;
const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** Says on a large screen that there is a palette, and opens it with a click; on a small one an icon does. */
export function PaletteHint() {
  return (
    <button
      type="button"
      aria-label={says.open}
      aria-keyshortcuts="Control+K Meta+K"
      title={says.open}
      onClick={() => openOverlay("palette")}
      onPointerEnter={() => void preloadOverlays()}
      className={cn(buttonClass("quiet"), "px-2 max-sm:hidden pointer-coarse:min-w-11")}
    >
      <Search aria-hidden="true" />
      <span className="flex items-center gap-2 max-lg:hidden">
        <span className="font-normal text-ink-3">{says.hint}</span>
        <Kbd>{MAC ? words.keys.paletteOnMac : words.keys.palette}</Kbd>
      </span>
    </button>
  );
}
