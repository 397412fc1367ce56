import type { OutcomeWord, ReplayWish } from '../../../src/api/index.ts';

/** The fields of the form as they are typed. */
export interface ReplayForm {
  readonly source: string;
  readonly all: boolean;
  readonly fromTime: string;
  readonly toTime: string;
  readonly partitions: string;
  readonly user: string;
  readonly event: string;
  readonly type: '' | 'identify' | 'track';
  readonly outcome: '' | OutcomeWord;
  readonly code: string;
  readonly redeliver: boolean;
  readonly rate: string;
}

export function emptyForm(source: string): ReplayForm {
  return {
    source,
    all: false,
    fromTime: '',
    toTime: '',
    partitions: '',
    user: '',
    event: '',
    type: '',
    outcome: '',
    code: '',
    redeliver: false,
    rate: '',
  };
}

/** What the form asks for. What is left empty is left out; whether the rest is right the server says. */
export function wishOf(form: ReplayForm): ReplayWish {
  const texts = { fromTime: form.fromTime, toTime: form.toTime, user: form.user, event: form.event, code: form.code };
  const given = Object.entries(texts).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()] as const]));
  return {
    source: form.source,
    ...Object.fromEntries(given),
    ...(form.all && { all: true }),
    ...(form.partitions.trim() !== '' && { partitions: form.partitions.split(',').map((part) => Number(part)) }),
    ...(form.type !== '' && { type: form.type }),
    ...(form.outcome !== '' && { outcome: form.outcome }),
    ...(form.redeliver && { redeliver: true }),
    ...rateOf(form.rate),
  };
}

/** The text of the rate's field as the API takes it. */
export function rateOf(text: string): { rate?: number } {
  return text.trim() === '' ? {} : { rate: Number(text) };
}
