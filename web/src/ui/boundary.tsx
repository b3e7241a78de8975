import { TriangleAlert } from "lucide-react";
import { Component, type ReactNode } from "react";
import { Button } from "./button";
import { Empty } from "./small";

interface Props {
  /** What is inside, as a person calls it. */
  readonly name: string;
  readonly children: ReactNode;
}

/** Keeps a fault inside its panel: the rest of the page works on. */
export class Boundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <div role="alert" className="grid h-full place-items-center">
        <Empty icon={TriangleAlert} title={`${this.props.name} cannot be shown`}>
          <p>The project is safe and goes on.</p>
          <p className="mt-4">
            <Button onClick={() => this.setState({ broken: false })}>Show again</Button>
          </p>
        </Empty>
      </div>
    );
  }
}
