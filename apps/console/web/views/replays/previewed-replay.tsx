import type { JSX } from 'preact';
import type { ReplayPreview } from '../../../src/api/index.ts';
import { Permitted } from '../../components/permitted.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { placeText } from '../../components/event-link.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Results } from '../../components/results.tsx';
import { Table } from '../../ui/table.tsx';
import { countOf } from '../../ui/format.ts';

export interface PreviewedReplayProps {
  readonly preview: ReplayPreview;
  readonly source: string;
  readonly onStart: () => Promise<void>;
}

/** What a replay would do, and the button that has it done. */
export function PreviewedReplay({ preview, source, onStart }: PreviewedReplayProps): JSX.Element {
  const { total, results, examples, cut } = preview;
  if (total === 0) {
    return (
      <Empty title="Nothing to replay">
        <p>There is nothing in that range that the live log is done with.</p>
      </Empty>
    );
  }
  return (
    <div class="inset">
      <p>
        It would go through <strong>{countOf(total, 'record')}</strong>. Were Extole to take every call:
      </p>
      <Results results={results} />
      {cut.length > 0 && (
        <p class="muted">
          In {countOf(cut.length, 'partition')} it ends where the live log has come to: what lies beyond is delivered anyway.
        </p>
      )}
      {examples.length > 0 && (
        <Table
          caption="Examples"
          rows={examples}
          keyOf={({ position }) => placeText(position)}
          columns={[
            { title: 'Record', cell: ({ position }) => <code>{placeText(position)}</code> },
            { title: 'Event', cell: ({ event, type }) => event ?? type },
            { title: 'Would end as', cell: ({ result }) => result },
          ]}
        />
      )}
      <div class="buttons">
        <Permitted role="operate" to="start it">
          <ConfirmButton
            label={`Start: ${countOf(total, 'record')}`}
            title={`Start this replay of ${source}?`}
            confirm="Start the replay"
            tone="primary"
            onConfirm={onStart}
            done="The replay has begun"
          >
            <p>The owners of the partitions carry it out beside the live events. It can be paused and cancelled.</p>
          </ConfirmButton>
        </Permitted>
      </div>
    </div>
  );
}
