import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/ui/button";
import { words } from "@/words";
import type { Candidate } from "./use-attachments";

interface Props {
  readonly disabled: boolean;
  readonly onFiles: (files: readonly Candidate[]) => void;
}

export function AttachButton({ disabled, onFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button look="quiet" disabled={disabled} onClick={() => input.current?.click()} className="px-2">
        <Paperclip aria-hidden="true" />
        {words.attachments.attach}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={words.attachments.attach}
        accept=".txt,.md,.markdown,.pdf,text/*,application/pdf,application/json,.yaml,.yml,.toml"
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])].map((file) => ({ file })));
          // The same file can be chosen again after it was removed.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
