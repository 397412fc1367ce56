import type { FaultList } from './config-error.ts';
import type { RawCommonEnvironment } from './raw-environment.ts';
import type { SourceDraft } from './source-draft.ts';

/** A key that can have a person erased is not to be guessed. */
const MIN_DELETING_KEY = 16;

/** One secret at one place. */
interface Held {
  readonly secret: string;
  readonly where: string;
  readonly kind: 'write key' | 'deletion key' | 'partner key' | 'shared secret' | 'access token' | 'secret of the process';
  /** Of the source whose it is; absent of the process's own. */
  readonly draft?: SourceDraft;
}

/**
 * Refuses what would let one secret do two things: open the doors of two sources, or doors of two kinds (a public write key that
 * deletes, a partner's key that deletes elsewhere), or the console. Whoever is given it could do both, and nothing would show it.
 */
export function checkSecrets(raw: RawCommonEnvironment, drafts: readonly SourceDraft[], faults: FaultList): void {
  const earlier: Held[] = [];
  for (const held of [...drafts.flatMap(secretsOf), ...secretsOfProcess(raw)]) {
    const other = earlier.find((known) => known.secret === held.secret && !mayServeBoth(known, held));
    if (other !== undefined) faults.add(held.where, sharedFault(held, other));
    earlier.push(held);
  }
  for (const draft of drafts) checkLengths(draft, faults);
}

function secretsOf(draft: SourceDraft): Held[] {
  const { settings, where } = draft;
  const { writeKeys, deletionKeys, extoleApiKeys, sharedSecret, extole } = settings;
  const listed = (kind: Held['kind'], field: 'writeKeys' | 'deletionKeys' | 'extoleApiKeys', keys: readonly string[]): Held[] =>
    keys.map((secret) => ({ secret, where: where(field), kind, draft }));
  return [
    ...listed('write key', 'writeKeys', writeKeys),
    ...(extole.accessToken === ''
      ? []
      : [{ secret: extole.accessToken, where: where('accessToken'), kind: 'access token' as const, draft }]),
    ...listed('partner key', 'extoleApiKeys', extoleApiKeys),
    ...listed('deletion key', 'deletionKeys', deletionKeys),
    ...(sharedSecret === undefined
      ? []
      : [{ secret: sharedSecret, where: where('sharedSecret'), kind: 'shared secret' as const, draft }]),
  ];
}

function secretsOfProcess(raw: RawCommonEnvironment): Held[] {
  const values: Readonly<Record<string, string | undefined>> = { ...raw };
  return ['SUBJECT_HASH_KEY', 'CONSOLE_TOKEN'].flatMap((where) => {
    const secret = values[where];
    return secret === undefined ? [] : [{ secret, where, kind: 'secret of the process' as const }];
  });
}

/** What Segment shows us as "API Key" is the account's token, and two sources may deliver to one account. */
function mayServeBoth(one: Held, other: Held): boolean {
  const kinds = [one.kind, other.kind];
  const isOfOneAccount = one.draft?.settings.extole.accessToken === other.draft?.settings.extole.accessToken;
  return (
    isOfOneAccount && kinds.includes('access token') && kinds.every((kind) => kind === 'access token' || kind === 'partner key')
  );
}

function sharedFault({ kind, draft, where, secret }: Held, other: Held): string {
  if (where === other.where && kind === other.kind) return 'holds a key twice';
  const isByDefault = kind === 'partner key' && secret === draft?.settings.extole.accessToken;
  const hint = isByDefault ? ' (absent, it is the access token)' : '';
  const danger = other.kind === 'write key' ? ': write keys are public' : '';
  return `holds the same secret as ${other.where} (${other.kind})${hint}${danger}; each opens one door of one source`;
}

function checkLengths({ settings, where }: SourceDraft, faults: FaultList): void {
  const { deletionKeys, extoleApiKeys, extole } = settings;
  const isShort = (key: string): boolean => key.length < MIN_DELETING_KEY;
  const expected = `expected keys of ${MIN_DELETING_KEY} characters or more: who guesses one can have people erased (openssl rand -hex 24)`;
  if (deletionKeys.some(isShort)) faults.add(where('deletionKeys'), expected);
  // How long its token is, Extole decides.
  if (extoleApiKeys.some((key) => key !== extole.accessToken && isShort(key))) faults.add(where('extoleApiKeys'), expected);
}
