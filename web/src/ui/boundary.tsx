import { TriangleAlert } from "lucide-react";
import { Component, type ContextType, type ReactNode } from "react";
import { CrashContext } from "@/lib/crash-context";
import { words } from "@/words";
import { Button } from "./button";
import { NotLoaded } from "./later";
import { Reference } from "./reference";
import { Empty } from "./small";

const says = words.faults;

interface Props {
  /** What is inside, as a person calls it. */
  readonly name: string;
  readonly children: ReactNode;
}

interface State {
  readonly fault: { readonly error: unknown } | null;
  /** Finds it in the server's log. */
  readonly reference: string | null;
}

/** Keeps a fault inside its panel: the rest of the page works on. */
export class Boundary extends Component<Props, State> {
  static override contextType = CrashContext;
  declare context: ContextType<typeof CrashContext>;
  override state: State = { fault: null, reference: null };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { fault: { error } };
  }

  override componentDidCatch(error: unknown) {
    this.setState({ reference: this.context(error, this.props.name) });
  }

  readonly #again = () => {
    const error = this.state.fault?.error;
    if (error instanceof NotLoaded) error.again();
    this.setState({ fault: null, reference: null });
  };

  override render() {
    const { fault, reference } = this.state;
    if (fault === null) return this.props.children;
    const missing = fault.error instanceof NotLoaded;
    return (
      <div role="alert" className="grid h-full place-items-center">
        <Empty
          icon={TriangleAlert}
          title={missing ? says.notLoaded(this.props.name) : says.broken(this.props.name)}
        >
          <p>{missing ? says.notLoadedHint : says.brokenHint}</p>
          <Reference reference={reference} />
          <p className="mt-4 flex justify-center gap-2">
            <Button onClick={this.#again}>{missing ? says.tryAgain : says.showAgain}</Button>
            {missing && <Button onClick={() => location.reload()}>{says.reload}</Button>}
          </p>
        </Empty>
      </div>
    );
  }
}
