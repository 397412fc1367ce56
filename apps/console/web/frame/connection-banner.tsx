import type { JSX } from 'preact';
import { sentence } from '../ui/format.ts';
import { live } from '../live-store.ts';
import { useStore } from '../ui/store.ts';
import { Notice } from '../ui/notice.tsx';

/** What keeps the page from telling all, on every view: a lost connection, and what the console itself cannot see. */
export function ConnectionBanner(): JSX.Element | null {
  const { connection, overview } = useStore(live);
  if (connection === 'lost') {
    return (
      <div class="banner">
        <Notice tone="bad" title="No connection to the console" isAlert>
          <p>
            {overview === undefined ? 'It has not answered yet. ' : 'What you see is as of the last word from it. '}
            It is tried again every two seconds. If that lasts, check that the console runs.
          </p>
        </Notice>
      </div>
    );
  }
  const problems = overview?.problems ?? [];
  if (problems.length === 0) return null;
  return (
    <div class="banner">
      <Notice tone="warn" title="The console does not see everything">
        {problems.map((problem) => (
          <p key={problem}>{sentence(problem)}</p>
        ))}
      </Notice>
    </div>
  );
}
