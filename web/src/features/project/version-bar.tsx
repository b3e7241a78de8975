import type { ArtifactView } from "@/lib/views";
import { Button } from "@/ui/button";
import { Select } from "@/ui/select";
import { words } from "@/words";

const says = words.files;
/** Of a file with more versions, these newest ones are offered. */
const VERSIONS_OFFERED = 100;

interface Props {
  readonly file: ArtifactView;
  /** What is shown of it. */
  readonly version: number;
  readonly onVersion: (version: number) => void;
  readonly comparing: boolean;
  /** Null where it cannot be compared as a text. */
  readonly onCompare: ((comparing: boolean) => void) | null;
}

/** Choose among a file's versions, and see what changed in one. */
export function VersionBar({ file, version, onVersion, comparing, onCompare }: Props) {
  const offered = Array.from(
    { length: Math.min(file.version, VERSIONS_OFFERED) },
    (_, at) => file.version - at,
  );
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b px-5 py-1.5">
      <Select
        label={says.version(file.path)}
        value={String(version)}
        onChange={(value) => onVersion(Number(value))}
      >
        {offered.map((one) => (
          <option key={one} value={one}>
            {says.versionIs(one, one === file.version)}
          </option>
        ))}
      </Select>
      {onCompare !== null && version > 1 && (
        <Button onClick={() => onCompare(!comparing)}>
          {comparing ? says.stopComparing : says.compare(version - 1)}
        </Button>
      )}
    </div>
  );
}
