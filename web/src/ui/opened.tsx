import { Component, type ReactNode, Suspense } from "react";
import { words } from "@/words";
import { NotLoaded } from "./later";
import { toast } from "./toast";

interface Props {
  readonly children: ReactNode;
  /** What stands there while the code is on its way. */
  readonly fallback?: ReactNode;
  /** The code did not arrive: close it again. */
  readonly onFailed: () => void;
}

/** What a click opens over the page. Where its code cannot be loaded that is said, and the page stays as it was. */
export function Opened({ children, fallback, onFailed }: Props) {
  return (
    <Watched onFailed={onFailed}>
      <Suspense fallback={fallback}>{children}</Suspense>
    </Watched>
  );
}

interface State {
  readonly fault: { readonly error: unknown } | null;
}

class Watched extends Component<Pick<Props, "children" | "onFailed">, State> {
  override state: State = { fault: null };

  static getDerivedStateFromError(error: unknown): State {
    return { fault: { error } };
  }

  override componentDidCatch(error: unknown) {
    if (!(error instanceof NotLoaded)) return;
    error.again();
    toast.error(words.faults.notOpened, { description: words.faults.notLoadedHint });
    this.props.onFailed();
  }

  override render() {
    const { fault } = this.state;
    if (fault === null) return this.props.children;
    if (fault.error instanceof NotLoaded) return null;
    // Any other fault is for the boundary around it.
    throw fault.error;
  }
}
