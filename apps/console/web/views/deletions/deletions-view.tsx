import type { JSX } from 'preact';
import type { Deletion, Deletions } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { CopyLink } from '../../ui/copy-link.tsx';
import { Incomplete } from '../../components/incomplete.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Empty } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { countOf } from '../../ui/format.ts';
import { hrefOf } from '../../router.ts';
import { useResource } from '../../ui/use-resource.ts';
import { DeletionFacts } from './deletion-facts.tsx';
import { DeletionTable } from './deletion-table.tsx';

const REFRESH_MS = 3_000;

export function DeletionsView({ id }: { readonly id?: string }): JSX.Element {
  return id === undefined ? <AllDeletions /> : <OneDeletion key={id} id={id} />;
}

function OneDeletion({ id }: { readonly id: string }): JSX.Element {
  const deletion = useResource<Deletion>(
    id,
    (signal) => ask('GET /api/deletions/{id}', { params: { id }, signal }),
    () => REFRESH_MS,
  );
  return (
    <>
      <div class="title-row">
        <h1>Deletion</h1>
        <CopyLink />
      </div>
      <p>
        <a href={hrefOf({ view: 'deletions' })}>All deletions</a>
      </p>
      <Loaded resource={deletion} what="the deletion">
        {(value) => <DeletionFacts deletion={value} />}
      </Loaded>
    </>
  );
}

function AllDeletions(): JSX.Element {
  const deletions = useResource<Deletions>(
    'all',
    (signal) => ask('GET /api/deletions', { signal }),
    () => REFRESH_MS,
  );
  return (
    <>
      <h1>Deletions</h1>
      <Loaded resource={deletions} what="the deletions">
        {({ deletions: all, open, complete }) => (
          <>
            {!complete && <Incomplete />}
            {all.length === 0 ? (
              <Empty title="No deletions">
                <p>Nobody has been deleted as far back as the log reaches.</p>
              </Empty>
            ) : (
              <>
                <Panel title={open === 0 ? 'None is open' : `${countOf(open, 'deletion')} open`}>
                  {open === 0 ? (
                    <p class="muted">Extole has taken every one of them.</p>
                  ) : (
                    <>
                      <p class="muted">
                        No earlier event of these users is sent any more; each is tried until Extole has taken it. The longest
                        waiting first.
                      </p>
                      <DeletionTable caption="Open deletions" deletions={all.filter(isOpen)} />
                    </>
                  )}
                </Panel>
                <Panel title="Carried out">
                  <DeletionTable caption="Deletions carried out" deletions={all.filter((one) => !isOpen(one))} />
                </Panel>
              </>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function isOpen({ status }: Deletion): boolean {
  return status === 'accepted';
}
