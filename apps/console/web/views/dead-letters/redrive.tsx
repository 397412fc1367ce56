import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { DeadLetterGroup, DeadLetterSelection, RedrivePreview, Replay } from '../../../src/api/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { ask } from '../../api-client.ts';
import { Permitted } from '../../components/permitted.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { RateField } from '../../components/rate-field.tsx';
import { Results } from '../../components/results.tsx';
import { countOf } from '../../ui/format.ts';
import { rateOf } from '../replays/replay-form.ts';
import { rememberBegun } from '../replays/replay-progress.tsx';
import { useAttempt } from '../../ui/use-attempt.ts';

export interface RedriveProps {
  readonly group: DeadLetterGroup;
  readonly onStarted: (replay: Replay) => void;
}

/** First how many, and what would become of them; only then does the button exist that sends them again. */
export function Redrive({ group: { source, code, event }, onStarted }: RedriveProps): JSX.Element {
  const [preview, setPreview] = useState<RedrivePreview>();
  const { attempt, isBusy, failure } = useAttempt();
  const [rate, setRate] = useState('');
  const selection: DeadLetterSelection = { source, code, event };

  const look = (): Promise<void> =>
    attempt(async () => {
      const answer = await ask('POST /api/dead-letters/preview', { body: selection });
      setPreview(answer);
      announce(`${countOf(answer.count, 'event')} would be sent again`);
    });
  const redrive = async (): Promise<void> => {
    const replay = await ask('POST /api/dead-letters/redrive', { body: { ...selection, ...rateOf(rate) } });
    rememberBegun(replay);
    onStarted(replay);
  };

  return (
    <>
      <Failure title="No preview" text={failure} />
      {preview !== undefined && (
        <div class="inset">
          <p>
            <strong>{countOf(preview.count, 'dead letter')}</strong> would be tried again. Were Extole to take every call:
          </p>
          <Results results={preview.results} />
        </div>
      )}
      <div class="buttons">
        <button type="button" disabled={isBusy} onClick={() => void look()}>
          {isBusy ? 'Counting …' : preview === undefined ? 'Preview a redrive' : 'Preview again'}
        </button>
        {preview !== undefined && preview.count > 0 && (
          <Permitted role="operate" to="redrive them">
            <ConfirmButton
              label={`Redrive ${countOf(preview.count, 'event')}`}
              title={`Redrive ${countOf(preview.count, 'event')}?`}
              confirm="Redrive them"
              tone="primary"
              onConfirm={redrive}
              done="The redrive has begun"
            >
              <p>
                They are sent to Extole again, each in its user’s order; what belongs to a deleted user is not. If the cause is
                not mended, they end as dead letters again.
              </p>
              <RateField value={rate} onChange={setRate} />
            </ConfirmButton>
          </Permitted>
        )}
      </div>
    </>
  );
}
