/** A stack of three layers, the way a team builds on each other's work. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-invert" />
      <g
        fill="none"
        className="stroke-on-invert"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M8 20.5 16 24.5 24 20.5" />
        <path d="M8 15.5 16 19.5 24 15.5" />
        <path d="M16 7 24 11 16 15 8 11Z" className="fill-on-invert" />
      </g>
    </svg>
  );
}
