import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatAgo, formatTime } from './format.ts';

/** An ISO 8601 time in the reader's zone; the title says it in UTC, as logs do. */
export function Time({ at }: { readonly at: string }): JSX.Element {
  return (
    <time dateTime={at} title={at}>
      {formatTime(at, Date.now())}
    </time>
  );
}

/** The same with how long ago that was, which goes on by itself. */
export function TimeAgo({ at }: { readonly at: string }): JSX.Element {
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
