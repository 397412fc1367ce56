import type { JSX } from 'preact';
import type { PartitionOverview, SourceOverview } from '../../../src/api/index.ts';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { countOf, formatBytes, formatCount, formatDuration, shortName, UNKNOWN } from '../../ui/format.ts';
import { heatOf } from './heat.ts';

/** Where the lag of a source is: a strip for the eye, a table for the figures. */
export function Partitions({ source }: { readonly source: SourceOverview }): JSX.Element {
  const { partitions } = source;
  return (
    <Panel title={`Partitions of ${source.source}`} aside={<span class="muted">{summaryOf(partitions)}</span>}>
      <div class="heat" aria-hidden="true">
        {partitions.map(({ partition, lag, owner }) => (
          <span key={partition} class={`heat-cell ${owner === null ? 'heat-unowned' : `heat-${heatOf(lag)}`}`}>
            {partition}
          </span>
        ))}
      </div>
      <Table
        caption={`Partitions of ${source.source}`}
        rows={partitions}
        keyOf={({ partition }) => String(partition)}
        columns={[
          { title: 'Partition', cell: ({ partition }) => partition },
          { title: 'Owner', cell: (one) => <Owner partition={one} /> },
          { title: 'Lag', cell: ({ lag }) => numberCell(lag), isNumber: true },
          { title: 'Oldest', cell: (one) => oldestText(one), isNumber: true },
          { title: 'Lead', cell: ({ lead }) => numberCell(lead), isNumber: true },
          { title: 'Held', cell: ({ heldBytes }) => numberCell(heldBytes, formatBytes), isNumber: true },
          { title: 'In flight', cell: ({ inFlight }) => numberCell(inFlight), isNumber: true },
          { title: 'Users waiting', cell: ({ waiting }) => numberCell(waiting), isNumber: true },
          { title: 'Log end', cell: ({ end }) => formatCount(end), isNumber: true },
        ]}
      />
    </Panel>
  );
}

function Owner({ partition }: { readonly partition: PartitionOverview }): JSX.Element {
  const { owner, phase, paused, knowsItsDeletions } = partition;
  const notes = [
    ...(phase !== null && phase !== 'delivering' ? [phase] : []),
    ...(paused ? ['fetching paused: a bound is reached'] : []),
    ...(owner !== null && phase === 'delivering' && !knowsItsDeletions ? ['waits for its deletions to be read'] : []),
  ];
  return (
    <>
      {owner === null ? <span class="tone-bad">nobody</span> : <span title={owner}>{shortName(owner)}</span>}
      {notes.length > 0 && <span class="muted"> · {notes.join(', ')}</span>}
    </>
  );
}

/** Zeros step back, so that the eye finds the rest. */
function numberCell(value: number, format: (value: number) => string = formatCount): JSX.Element {
  return <span class={value === 0 ? 'zero' : ''}>{format(value)}</span>;
}

function oldestText({ lag, oldestUndeliveredMs }: PartitionOverview): string {
  return lag === 0 ? UNKNOWN : formatDuration(oldestUndeliveredMs);
}

function summaryOf(partitions: readonly PartitionOverview[]): string {
  const behind = partitions.filter(({ lag }) => lag > 0).length;
  const unowned = partitions.filter(({ owner }) => owner === null).length;
  const all = countOf(partitions.length, 'partition');
  return `${all}, ${behind === 0 ? 'none behind' : `${behind} behind`}${unowned === 0 ? '' : `, ${unowned} without an owner`}`;
}
