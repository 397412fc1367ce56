import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Replay, ReplayPreview } from '../../../src/api/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { ask } from '../../api-client.ts';
import { Failure } from '../../ui/failure.tsx';
import { CheckField, SelectField, TextField } from '../../ui/field.tsx';
import { RateField } from '../../components/rate-field.tsx';
import { SourceSelect } from '../../components/source-select.tsx';
import { countOf } from '../../ui/format.ts';
import { session, sourcesOf } from '../../session-store.ts';
import { PreviewedReplay } from './previewed-replay.tsx';
import { rememberBegun } from './replay-progress.tsx';
import { emptyForm, wishOf, type ReplayForm } from './replay-form.ts';
import { useAttempt } from '../../ui/use-attempt.ts';

const TYPES: readonly ReplayForm['type'][] = ['identify', 'track'];
const OUTCOMES: readonly ReplayForm['outcome'][] = [
  'delivered',
  'duplicate',
  'filtered',
  'rejected',
  'erased',
  'stale',
  'dead-lettered',
];

/** Says what to replay, and shows what that would do before it can be started. */
export function StartReplay({ onStarted }: { readonly onStarted: (replay: Replay) => void }): JSX.Element {
  const [form, setForm] = useState<ReplayForm>(() => emptyForm(sourcesOf(session.value)[0] ?? ''));
  const [preview, setPreview] = useState<ReplayPreview>();
  const { attempt, isBusy, failure } = useAttempt();

  // A preview is of what was asked for: another wish, another preview.
  const change = (fields: Partial<ReplayForm>): void => {
    setForm((before) => ({ ...before, ...fields }));
    setPreview(undefined);
  };
  const look = (): Promise<void> =>
    attempt(async () => {
      const answer = await ask('POST /api/replays/preview', { body: wishOf(form) });
      setPreview(answer);
      announce(`The replay would go through ${countOf(answer.total, 'record')}`);
    });
  const start = async (): Promise<void> => {
    const replay = await ask('POST /api/replays', { body: wishOf(form) });
    rememberBegun(replay);
    onStarted(replay);
  };

  return (
    <details class="panel">
      <summary>Start a replay</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <Fields form={form} onChange={change} />
        <div class="checks">
          <CheckField label="Everything in the log" isOn={form.all} onChange={(all) => change({ all })} />
          <CheckField
            label="Redeliver: also what Extole has taken already"
            isOn={form.redeliver}
            onChange={(redeliver) => change({ redeliver })}
          />
        </div>
        <Failure title="That cannot be replayed" text={failure} />
        <div class="buttons">
          <button type="submit" class={preview === undefined ? 'primary' : ''} disabled={isBusy}>
            {isBusy ? 'Looking …' : 'Preview: what would it do?'}
          </button>
        </div>
      </form>
      {preview !== undefined && <PreviewedReplay preview={preview} source={form.source} onStart={start} />}
    </details>
  );
}

interface FieldsProps {
  readonly form: ReplayForm;
  readonly onChange: (fields: Partial<ReplayForm>) => void;
}

function Fields({ form, onChange }: FieldsProps): JSX.Element {
  return (
    <div class="fields">
      <SourceSelect value={form.source} onChange={(source) => onChange({ source })} />
      <TextField
        label="From"
        hint="2026-11-24T08:00Z, or 6h"
        value={form.fromTime}
        onChange={(fromTime) => onChange({ fromTime })}
      />
      <TextField label="Up to" hint="now" value={form.toTime} onChange={(toTime) => onChange({ toTime })} />
      <TextField label="User id" value={form.user} onChange={(user) => onChange({ user })} />
      <TextField label="Event name" value={form.event} onChange={(event) => onChange({ event })} />
      <TextField
        label="Partitions"
        hint="all, or 0, 2"
        value={form.partitions}
        onChange={(partitions) => onChange({ partitions })}
      />
      <SelectField label="Type" none="any" options={TYPES} value={form.type} onChange={(type) => onChange({ type })} />
      <SelectField
        label="Ended as"
        none="anything"
        options={OUTCOMES}
        value={form.outcome}
        onChange={(outcome) => onChange({ outcome })}
      />
      <TextField label="Error code" value={form.code} onChange={(code) => onChange({ code })} />
      <RateField value={form.rate} onChange={(rate) => onChange({ rate })} />
    </div>
  );
}
