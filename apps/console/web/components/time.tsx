import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { IsoTime } from '../../src/api/index.ts';
import { formatAgo, formatTime } from '../format.ts';

/** In the reader's time zone; the title says it in UTC, as logs do. */
export function Time({ at }: { readonly at: IsoTime }): JSX.Element {
  return (
    <time dateTime={at} title={at}>
      {formatTime(at, Date.now())}
    </time>
  );
}

/** The same with how long ago that was, which goes on by itself. */
export function TimeAgo({ at }: { readonly at: IsoTime }): JSX.Element {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={at}>
      {formatTime(at, now)} <span class="muted">({formatAgo(now - Date.parse(at))})</span>
    </time>
  );
}
