import type { JSX } from 'preact';
import { Notice } from './notice.tsx';

export interface FailureProps {
  readonly title?: string;
  /** The reason, in words; undefined while nothing has failed. */
  readonly text: string | undefined;
}

/** Why what was asked for did not go, told to a screen reader at once; nothing if it went. */
export function Failure({ title, text }: FailureProps): JSX.Element | null {
  if (text === undefined) return null;
  return (
    <Notice tone="bad" {...(title !== undefined && { title })} isAlert>
      <p>{text}</p>
    </Notice>
  );
}
