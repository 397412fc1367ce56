import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SourceState } from '../../../src/api/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { ask } from '../../api-client.ts';
import { Permitted } from '../../components/permitted.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { countOf } from '../../ui/format.ts';
import { useAttempt } from '../../ui/use-attempt.ts';

export interface SourceActionsProps {
  readonly source: string;
  readonly state: SourceState;
  readonly lag: number;
}

/** Stop, resume and probe. They are words in the log: the forwarders follow within a second or so, and the state above shows when they have. */
export function SourceActions({ source, state, lag }: SourceActionsProps): JSX.Element {
  const isByOperator = state.kind === 'stopped' && state.reason === 'operator';
  return (
    <Permitted role="operate" to="stop or resume it">
      <div class="buttons">
        {isByOperator ? <Resume source={source} lag={lag} /> : <Stop source={source} />}
        {state.kind === 'stopped' && !isByOperator && <Probe source={source} />}
      </div>
    </Permitted>
  );
}

function Stop({ source }: { readonly source: string }): JSX.Element {
  const [note, setNote] = useState('');
  const stop = async (): Promise<void> => {
    const body = note.trim() === '' ? {} : { note: note.trim() };
    await ask('POST /api/sources/{source}/stop', { params: { source }, body });
    setNote('');
  };
  return (
    <ConfirmButton
      label="Stop"
      title={`Stop ${source}?`}
      confirm="Stop it"
      tone="danger"
      onConfirm={stop}
      done={`Source ${source} is asked to stop`}
    >
      <p>No event of it is sent to Extole until it is resumed. Its events wait in Kafka and keep their order; deletions go on.</p>
      <Field label="Why, for your colleagues (nothing about a person)">
        <input type="text" maxLength={200} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
      </Field>
    </ConfirmButton>
  );
}

function Resume({ source, lag }: { readonly source: string; readonly lag: number }): JSX.Element {
  const resume = async (): Promise<void> => {
    await ask('POST /api/sources/{source}/resume', { params: { source }, body: {} });
  };
  return (
    <ConfirmButton
      label="Resume"
      title={`Resume ${source}?`}
      confirm="Resume it"
      tone="primary"
      onConfirm={resume}
      done={`Source ${source} is asked to resume`}
    >
      <p>{countOf(lag, 'event')} in its backlog will be sent to Extole, per user in their order.</p>
    </ConfirmButton>
  );
}

/** Harmless, so it does not ask first. */
function Probe({ source }: { readonly source: string }): JSX.Element {
  const { attempt, failure } = useAttempt();
  const probe = (): Promise<void> =>
    attempt(async () => {
      await ask('POST /api/sources/{source}/probe', { params: { source }, body: {} });
      announce(`Source ${source} is asked to try one call now`);
    });
  return (
    <>
      <button type="button" onClick={() => void probe()}>
        Probe now
      </button>
      <Failure text={failure} />
    </>
  );
}
