import type { ComponentChildren, JSX } from 'preact';
import type { Resource } from './use-resource.ts';
import { Notice } from './notice.tsx';

export interface LoadedProps<T> {
  readonly resource: Resource<T>;
  /** What is loaded, to complete `Loading …` and `… could not be loaded`. */
  readonly what: string;
  readonly children: (value: T) => ComponentChildren;
}

/** What was loaded; until then that it is being loaded, or why it cannot be. A later failure leaves what is there, and says that it is old. */
export function Loaded<T>({ resource, what, children }: LoadedProps<T>): JSX.Element {
  const { value, failure, reload } = resource;
  if (value === undefined && failure === undefined) return <p class="loading">Loading {what} …</p>;
  return (
    <>
      {failure !== undefined && (
        <Notice
          tone="bad"
          title={value === undefined ? `Could not load ${what}` : `Could not refresh ${what}: what you see is old`}
        >
          <p>{failure}</p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </Notice>
      )}
      {value !== undefined && children(value)}
    </>
  );
}
