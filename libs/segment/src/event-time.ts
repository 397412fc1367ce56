import type { JsonValue } from './json.ts';

/** Years outside of which a time is a fault of the sender, not a time. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const LONGEST_TIME = 80;
// ISO 8601, and what Go prints for a time.Time: `2024-05-01 12:00:00.123456789 +0200 CEST m=+0.000000001`.
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)? ?(?:(Z|z|UTC)|([+-])(\d\d):?(\d\d)?)?(?: [A-Z]{3,5}| [+-]\d{2,4})?(?: m=[+-][\d.]+)?$/;

/**
 * The milliseconds since the epoch of a time as senders write it: ISO 8601 or Go's own format; without an offset it is UTC.
 * Undefined for everything else, and for times before 1970 or after 9999. Independent of the machine's time zone.
 */
export function parseTime(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_TIME) return undefined;
  const match = TIME.exec(value);
  if (match === null) return undefined;
  const [
    ,
    year,
    month,
    day,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    ,
    sign,
    offsetHours = '0',
    offsetMinutes = '0',
  ] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const millis = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date.UTC rolls 31 April over to 1 May; such a date is a fault.
  if (new Date(midnight).getUTCDate() !== Number(day) || Number(month) > 12) return undefined;
  const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes));
  return plausible(midnight + ((Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second)) * 1000 + millis);
}

/**
 * When an event happened, in milliseconds, by the receiver's clock: `receivedAt - (sentAt - originalTimestamp)`. The sender's clock
 * may be wrong, the time between its two readings is not [Segment: common fields, "timestamps"].
 *
 * Without a readable `sentAt` the sender's own time is taken as it is; without a readable and plausible result, `receivedAt`.
 */
export function correctedTime(times: {
  readonly originalTimestamp: number | undefined;
  readonly sentAt: number | undefined;
  readonly receivedAt: number;
}): number {
  const { originalTimestamp, sentAt, receivedAt } = times;
  if (originalTimestamp === undefined) return receivedAt;
  if (sentAt === undefined) return originalTimestamp;
  return plausible(receivedAt - (sentAt - originalTimestamp)) ?? receivedAt;
}

function plausible(time: number): number | undefined {
  return time >= EARLIEST && time <= LATEST ? time : undefined;
}
