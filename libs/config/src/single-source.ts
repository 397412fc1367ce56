import type { FaultList } from './config-error.ts';
import { readMappingFile } from './mapping-file.ts';
import type { RawCommonEnvironment } from './raw-environment.ts';
import { extoleSettingsOf, type SourceDraft } from './source-draft.ts';
import { parseList } from './units.ts';

const VARIABLE_OF = {
  id: 'SOURCES_FILE',
  writeKeys: 'SEGMENT_WRITE_KEYS',
  deletionKeys: 'DELETION_KEYS',
  extoleApiKeys: 'PARTNER_API_KEYS',
  sharedSecret: 'SEGMENT_SHARED_SECRET',
  accessToken: 'EXTOLE_ACCESS_TOKEN',
  baseUrl: 'EXTOLE_BASE_URL',
} as const;

/** The source `default`, described by environment variables alone. */
export function singleSource(raw: RawCommonEnvironment, faults: FaultList): SourceDraft {
  const accessToken = raw.EXTOLE_ACCESS_TOKEN ?? '';
  const mapping =
    raw.MAPPING_FILE === undefined ? undefined : readMappingFile(raw.MAPPING_FILE, raw.EXTOLE_LABELS, 'MAPPING_FILE', faults);
  return {
    settings: {
      id: 'default',
      writeKeys: parseList(raw.SEGMENT_WRITE_KEYS ?? ''),
      // What Segment's setting "API Key" holds is an Extole access token.
      extoleApiKeys:
        raw.PARTNER_API_KEYS === undefined ? [accessToken].filter((token) => token !== '') : parseList(raw.PARTNER_API_KEYS),
      ...(raw.SEGMENT_SHARED_SECRET === undefined ? {} : { sharedSecret: raw.SEGMENT_SHARED_SECRET }),
      deletionKeys: parseList(raw.DELETION_KEYS ?? ''),
      extole: extoleSettingsOf({ accessToken }, raw),
      ...(mapping === undefined ? {} : { mapping }),
      afterDeletion: raw.AFTER_DELETION === 'suppress' ? 'suppress' : 'accept',
    },
    where: (field) => VARIABLE_OF[field],
  };
}
