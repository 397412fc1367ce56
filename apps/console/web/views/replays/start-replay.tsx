import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { OutcomeWord, Replay, ReplayPreview } from '../../../src/api/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { ask } from '../../api-client.ts';
import { Failure } from '../../ui/failure.tsx';
import { RateField } from '../../components/rate-field.tsx';
import { SourceSelect } from '../../components/source-select.tsx';
import { countOf, textOf } from '../../ui/format.ts';
import { session, sourcesOf } from '../../session-store.ts';
import { PreviewedReplay } from './previewed-replay.tsx';
import { rememberBegun } from './replay-progress.tsx';
import { emptyForm, wishOf, type ReplayForm } from './replay-form.ts';

const OUTCOMES: readonly OutcomeWord[] = ['delivered', 'duplicate', 'filtered', 'rejected', 'erased', 'stale', 'dead-lettered'];

/** Says what to replay, and shows what that would do before it can be started. */
export function StartReplay({ onStarted }: { readonly onStarted: (replay: Replay) => void }): JSX.Element {
  const [form, setForm] = useState<ReplayForm>(() => emptyForm(sourcesOf(session.value)[0] ?? ''));
  const [preview, setPreview] = useState<ReplayPreview>();
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  // A preview is of what was asked for: another wish, another preview.
  const change = (fields: Partial<ReplayForm>): void => {
    setForm((before) => ({ ...before, ...fields }));
    setPreview(undefined);
  };
  const look = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      const answer = await ask('POST /api/replays/preview', { body: wishOf(form) });
      setPreview(answer);
      announce(`The replay would go through ${countOf(answer.total, 'record')}`);
    } catch (error) {
      setFailure(textOf(error));
    } finally {
      setBusy(false);
    }
  };
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
      <label class="field">
        <span>Type</span>
        <select value={form.type} onChange={(event) => onChange({ type: event.currentTarget.value as ReplayForm['type'] })}>
          <option value="">any</option>
          <option value="identify">identify</option>
          <option value="track">track</option>
        </select>
      </label>
      <label class="field">
        <span>Ended as</span>
        <select
          value={form.outcome}
          onChange={(event) => onChange({ outcome: event.currentTarget.value as ReplayForm['outcome'] })}
        >
          <option value="">anything</option>
          {OUTCOMES.map((outcome) => (
            <option key={outcome} value={outcome}>
              {outcome}
            </option>
          ))}
        </select>
      </label>
      <TextField label="Error code" value={form.code} onChange={(code) => onChange({ code })} />
      <RateField value={form.rate} onChange={(rate) => onChange({ rate })} />
    </div>
  );
}

interface TextFieldProps {
  readonly label: string;
  /** An example, or what empty means. */
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function TextField({ label, hint = 'any', value, onChange }: TextFieldProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        autocomplete="off"
        placeholder={hint}
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

interface CheckFieldProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function CheckField({ label, isOn, onChange }: CheckFieldProps): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
