import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { problemFrom } from "@/lib/http";
import { saveTeam, type TeamDetail, type TeamText } from "@/lib/teams";
import type { Problem } from "@/lib/wire";
import { toast } from "@/ui/toast";
import { words } from "@/words";
import { isSame, NOTHING, sendable } from "./drafts";

const says = words.teams;

export function textOf(detail: TeamDetail | null): TeamText {
  return detail === null ? NOTHING : { yaml: detail.yaml ?? "", instructions: detail.instructions };
}

/** A text while it is written, and the saved one that it began with. What was typed is dropped by nobody else. */
export function useDraft(detail: TeamDetail | null, begin: TeamText | null) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [base, setBase] = useState(detail);
  const [draft, setDraft] = useState(begin ?? textOf(detail));
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const freed = useRef(false);
  const dirty = !isSame(draft, textOf(base));
  if (detail !== null && detail.version !== base?.version && !dirty && !saving) {
    setBase(detail);
    setDraft(textOf(detail));
  }
  const save = async (name: string) => {
    setSaving(true);
    setProblem(null);
    try {
      const saved = await saveTeam(name, sendable(draft), base?.version ?? null);
      queries.setQueryData(["teams", "file", name], saved);
      setBase(saved);
      setDraft((current) => (current === draft ? textOf(saved) : current));
      toast(says.saved(saved.team.title));
      void queries.invalidateQueries({ queryKey: ["teams"] });
      if (base === null) {
        freed.current = true;
        await navigate({ to: "/teams/$name", params: { name }, replace: true });
      }
    } catch (error) {
      setProblem(problemFrom(error));
    }
    setSaving(false);
  };
  const reload = async () => {
    setProblem(null);
    setDraft(textOf(base));
    await queries.invalidateQueries({ queryKey: ["teams", "file", base?.team.name] });
  };
  const discard = () => {
    setProblem(null);
    setDraft(textOf(base));
  };
  const letGo = () => {
    freed.current = true;
  };
  const untouched = base === null ? (begin ?? NOTHING) : textOf(base);
  const isHeld = () => !isSame(draft, untouched) && !freed.current;
  return { base, draft, setDraft, dirty, saving, problem, save, reload, discard, letGo, isHeld };
}
