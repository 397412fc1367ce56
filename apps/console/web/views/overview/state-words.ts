import type { SourceState } from '../../../src/api/index.ts';
import type { Tone } from '../../ui/badge.tsx';

const TONES: Readonly<Record<SourceState['kind'], Tone>> = {
  delivering: 'good',
  slowed: 'warn',
  stopped: 'bad',
  unattended: 'idle',
};

const WORDS: Readonly<Record<SourceState['kind'], string>> = {
  delivering: 'Delivering',
  slowed: 'Slowed',
  stopped: 'Stopped',
  unattended: 'Nobody delivers',
};

const REASONS: Readonly<Record<NonNullable<SourceState['reason']>, string>> = {
  operator: 'by an operator',
  configuration: 'configuration',
  outage: 'outage',
  'dead-letter-burst': 'most events refused',
};

export function toneOf({ kind }: SourceState): Tone {
  return TONES[kind];
}

/** `Stopped: configuration`. */
export function wordOf({ kind, reason }: SourceState): string {
  return reason === undefined ? WORDS[kind] : `${WORDS[kind]}: ${REASONS[reason]}`;
}
