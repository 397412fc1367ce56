import type { JSX } from 'preact';
import type { Deletion } from '../../../src/api/index.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const TONES: Readonly<Record<Deletion['status'], Tone>> = { accepted: 'warn', sent: 'good', failed: 'bad' };
const WORDS: Readonly<Record<Deletion['status'], string>> = { accepted: 'Open', sent: 'Sent to Extole', failed: 'Failed' };

export function DeletionState({ status }: { readonly status: Deletion['status'] }): JSX.Element {
  return <Badge tone={TONES[status]}>{WORDS[status]}</Badge>;
}
