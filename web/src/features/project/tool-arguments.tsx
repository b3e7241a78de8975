import { TextEditor } from "./text-editor";

interface Props {
  readonly shown: string;
  readonly onSave: (text: string) => Promise<boolean>;
  readonly onClose: () => void;
}

/** What a tool is to be called with, to be changed before it is. */
export function ToolArguments({ shown, onSave, onClose }: Props) {
  return (
    <TextEditor
      title="Edit what the tool is called with"
      action="Call it with this"
      load={async () => shown}
      fault={faultOf}
      note="The tool is called with what you write."
      onSave={onSave}
      onClose={onClose}
    />
  );
}

/** Why no tool can be called with this, in words; null where one can. */
export function faultOf(text: string): string | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return "This is not JSON yet. Look for a missing quotation mark, comma or bracket.";
  }
  const object = typeof read === "object" && read !== null && !Array.isArray(read);
  return object ? null : "The arguments stand between { and }, each with its name.";
}
