import { words } from "@/words";
import { TextEditor } from "./text-editor";

const says = words.requests.tool;

interface Props {
  readonly shown: string;
  readonly onSave: (text: string) => Promise<boolean>;
  readonly onClose: () => void;
}

/** What a tool is to be called with, to be changed before it is. */
export function ToolArguments({ shown, onSave, onClose }: Props) {
  return (
    <TextEditor
      title={says.title}
      action={says.action}
      load={async () => shown}
      fault={faultOf}
      note={says.note}
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
    return says.unreadable;
  }
  const object = typeof read === "object" && read !== null && !Array.isArray(read);
  return object ? null : says.noObject;
}
