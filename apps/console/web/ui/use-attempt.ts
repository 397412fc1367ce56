import { useState } from 'preact/hooks';
import { textOf } from './format.ts';

/** What somebody asks for by a button, and which may fail. */
export interface Attempt {
  /** Does it. What it throws becomes the failure; of one that goes nothing is left. */
  readonly attempt: (action: () => Promise<void>) => Promise<void>;
  readonly isBusy: boolean;
  /** Why the last one did not go, for the reader of the page. */
  readonly failure: string | undefined;
}

export function useAttempt(): Attempt {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    setBusy(true);
    // A screen reader is told again of a failure only if it had gone.
    setFailure(undefined);
    try {
      await action();
    } catch (error) {
      setFailure(textOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { attempt, isBusy, failure };
}
