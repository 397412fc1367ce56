import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Replay } from '../../../src/api/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { ask } from '../../api-client.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { textOf } from '../../ui/format.ts';

export interface ReplayActionsProps {
  readonly replay: Replay;
  readonly onChanged: () => void;
}

/** Pause, resume, cancel. */
export function ReplayActions({ replay, onChanged }: ReplayActionsProps): JSX.Element {
  const { source, run, state } = replay;
  const params = { source, run };
  const [failure, setFailure] = useState<string>();

  const change = async (asked: Promise<Replay>, done: string): Promise<void> => {
    try {
      await asked;
      setFailure(undefined);
      announce(done);
      onChanged();
    } catch (error) {
      setFailure(textOf(error));
    }
  };
  const pause = (): Promise<void> =>
    change(ask('POST /api/replays/{source}/{run}/pause', { params, body: {} }), 'The replay pauses');
  const resume = (): Promise<void> =>
    change(ask('POST /api/replays/{source}/{run}/resume', { params, body: {} }), 'The replay goes on');
  const cancel = async (): Promise<void> => {
    await ask('POST /api/replays/{source}/{run}/cancel', { params, body: {} });
    onChanged();
  };

  return (
    <div class="buttons">
      {state === 'paused' ? (
        <button type="button" onClick={() => void resume()}>
          Resume
        </button>
      ) : (
        <button type="button" onClick={() => void pause()}>
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
