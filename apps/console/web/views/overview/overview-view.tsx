import type { JSX } from 'preact';
import type { Overview } from '../../../src/api/index.ts';
import { Empty } from '../../ui/notice.tsx';
import { live } from '../../live-store.ts';
import { useStore } from '../../ui/store.ts';
import { Forwarders } from './forwarders.tsx';
import { IndexNote } from './index-note.tsx';
import { Partitions } from './partitions.tsx';
import { SourceCard } from './source-card.tsx';
import { SourceCharts } from './source-charts.tsx';

/** How all sources stand; of one of them (the first, if none is named) also the last minutes and its partitions. */
export function OverviewView({ source }: { readonly source?: string }): JSX.Element {
  const { overview, history } = useStore(live);
  if (overview === undefined || (overview.sources.length === 0 && overview.problems.length === 0))
    return (
      <>
        <h1>Overview</h1>
        <p class="loading">Loading the state of the sources …</p>
      </>
    );
  const chosen = chosenOf(overview, source);
  return (
    <>
      <h1>Overview</h1>
      {source !== undefined && chosen?.source !== source && (
        <Empty title={`There is no source ${source}`}>
          <p>It may be misspelt, or no longer configured.</p>
        </Empty>
      )}
      <div class={`source-cards ${overview.sources.length > 1 ? 'several' : ''}`}>
        {overview.sources.map((one) => (
          <SourceCard key={one.source} source={one} isChosen={overview.sources.length > 1 && one === chosen} />
        ))}
      </div>
      {chosen !== undefined && (
        <>
          <SourceCharts source={chosen} history={history.get(chosen.source)} />
          <Partitions source={chosen} />
        </>
      )}
      <Forwarders forwarders={overview.forwarders} />
      <IndexNote index={overview.index} />
    </>
  );
}

function chosenOf({ sources }: Overview, source: string | undefined): Overview['sources'][number] | undefined {
  return sources.find((one) => one.source === source) ?? sources[0];
}
