import type { JSX } from 'preact';
import type { Replay } from '../../../src/api/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { ask } from '../../api-client.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { useAttempt } from '../../ui/use-attempt.ts';

export interface ReplayActionsProps {
  readonly replay: Replay;
  readonly onChanged: () => void;
}

/** Pause, resume, cancel. */
export function ReplayActions({ replay, onChanged }: ReplayActionsProps): JSX.Element {
  const { source, run, state } = replay;
  const params = { source, run };
  const { attempt, failure } = useAttempt();

  const change = (word: 'pause' | 'resume', done: string): Promise<void> =>
    attempt(async () => {
      await ask(`POST /api/replays/{source}/{run}/${word}`, { params, body: {} });
      announce(done);
      onChanged();
    });
  const cancel = async (): Promise<void> => {
    await ask('POST /api/replays/{source}/{run}/cancel', { params, body: {} });
    onChanged();
  };

  return (
    <div class="buttons">
      {state === 'paused' ? (
        <button type="button" onClick={() => void change('resume', 'The replay goes on')}>
          Resume
        </button>
      ) : (
        <button type="button" onClick={() => void change('pause', 'The replay pauses')}>
          Pause
        </button>
      )}
      <ConfirmButton
        label="Cancel"
        title="Cancel this replay?"
        confirm="Cancel the replay"
        tone="danger"
        onConfirm={cancel}
        done="The replay is cancelled"
      >
        <p>What it has done stays done. It cannot go on afterwards; a new one that fills gaps would take up the rest.</p>
      </ConfirmButton>
      <Failure text={failure} />
    </div>
  );
}
