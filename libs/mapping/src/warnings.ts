import { textOf } from '#segment';
import type { EventData } from './event-data.ts';
import { PARTNER_CONVERSION_ID_MAX } from './extole-fields.ts';
import type { MappingWarning, MappingWarningCode } from './mapping.ts';

const MESSAGES: Readonly<Record<MappingWarningCode, string>> = {
  partner_conversion_id_too_long: `partner_conversion_id has more than ${PARTNER_CONVERSION_ID_MAX} characters, which Extole documents as its bound; it is sent unchanged`,
  conversion_without_identity: 'a conversion without email, partner_user_id or person_id attaches to nobody',
  partner_key_missing: 'the field by which this event is de-duplicated is absent; only the messageId protects against repeats',
  partner_user_id_differs:
    'partner_user_id differs from userId: an identify goes under userId, a track under its property; a deletion erases only what went under userId',
  conflicting_spellings: 'a name is given in both spellings with different values; the one in Extole’s spelling is sent',
  reserved_field_replaced:
    'a field of the event has a name that the bridge fills itself (partner_event_id, labels, event); the bridge’s value is sent',
};

/** Every warning, made once: most events have none, and a burst of them must not cost memory. */
const WARNINGS = new Map(
  Object.entries(MESSAGES).map(([code, message]) => [code, Object.freeze({ code, message }) as MappingWarning]),
);

/** The codes that `explain` and the counters know. */
export const MAPPING_WARNING_CODES = Object.keys(MESSAGES) as readonly MappingWarningCode[];

/** The warnings of one event, in the order of their discovery, each once. */
export class WarningList {
  /** Made with the first one: most events have none. */
  private found: Set<MappingWarning> | undefined;

  add(code: MappingWarningCode): void {
    const warning = WARNINGS.get(code);
    if (warning !== undefined) (this.found ??= new Set()).add(warning);
  }

  toArray(): readonly MappingWarning[] {
    return this.found === undefined ? NONE : [...this.found];
  }
}

const NONE: readonly MappingWarning[] = Object.freeze([]);

/** What can be said of the finished data of a track, whatever rule filled it. */
export function warnAboutConversion(name: string, data: EventData, warnings: WarningList): void {
  const key = data.get('partner_conversion_id');
  if (typeof key === 'string' && key.length > PARTNER_CONVERSION_ID_MAX) warnings.add('partner_conversion_id_too_long');
  if (name !== 'conversion') return;
  if (['email', 'partner_user_id', 'person_id'].every((field) => textOf(data.get(field)) === undefined))
    warnings.add('conversion_without_identity');
}
