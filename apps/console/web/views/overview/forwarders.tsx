import type { JSX } from 'preact';
import type { ForwarderOverview } from '../../../src/api/index.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Table } from '../../ui/table.tsx';
import { sentence } from '../../ui/format.ts';

export function Forwarders({ forwarders }: { readonly forwarders: readonly ForwarderOverview[] }): JSX.Element {
  return (
    <Panel title="Forwarders">
      {forwarders.length === 0 ? (
        <Empty title="No forwarder runs">
          <p>Events wait in Kafka until one is started. Check FORWARDER_GROUP_ID and TOPIC_PREFIX if one should be running.</p>
        </Empty>
      ) : (
        <Table
          caption="Forwarders"
          rows={forwarders}
          keyOf={({ name }) => name}
          columns={[
            { title: 'Name', cell: ({ name }) => name },
            { title: 'State', cell: (one) => <Readiness forwarder={one} /> },
            { title: 'Partitions', cell: ({ partitions }) => partitionsText(partitions) },
            { title: 'Host', cell: ({ host, url }) => url ?? host },
          ]}
        />
      )}
    </Panel>
  );
}

function Readiness({ forwarder }: { readonly forwarder: ForwarderOverview }): JSX.Element {
  const { answers, ready, reasons, trouble } = forwarder;
  if (!answers) {
    return (
      <>
        <Badge tone="idle">Does not answer</Badge> {trouble !== undefined && <span class="wrap">{sentence(trouble)}</span>}
      </>
    );
  }
  return (
    <>
      <Badge tone={ready === true ? 'good' : 'bad'}>{ready === true ? 'Ready' : 'Not ready'}</Badge>{' '}
      {reasons.length > 0 && <span class="wrap">{reasons.map(sentence).join(' ')}</span>}
    </>
  );
}

function partitionsText(partitions: ForwarderOverview['partitions']): string {
  if (partitions.length === 0) return 'none';
  return partitions.map(({ source, partitions: own }) => `${source} ${rangesText(own)}`).join('; ');
}

/** `0–3, 5`. */
function rangesText(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === number) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
}
