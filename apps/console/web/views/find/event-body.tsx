import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { EventDetail, MappedBody, TimelineEntry } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { Permitted } from '../../components/permitted.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { JsonBlock } from '../../ui/json-block.tsx';
import { MappedFields } from '../../components/mapped-fields.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useAttempt } from '../../ui/use-attempt.ts';

/** What the event holds and what of it goes to Extole: read from the log on demand, masked until somebody unmasks it on purpose. */
export function EventBody({ entry }: { readonly entry: TimelineEntry }): JSX.Element {
  const [detail, setDetail] = useState<EventDetail>();
  const { attempt, failure } = useAttempt();
  const params = { source: entry.source, ...entry.position };

  const show = (): Promise<void> =>
    attempt(async () => setDetail(await ask('GET /api/events/{source}/{partition}/{offset}', { params })));
  const unmask = async (): Promise<void> => {
    setDetail(await ask('POST /api/events/{source}/{partition}/{offset}/unmask', { params, body: {} }));
  };

  if (!entry.inLog) return <p class="muted">The log no longer holds the event, so its body cannot be shown.</p>;
  return (
    <div class="event-body">
      <div class="buttons">
        {detail === undefined ? (
          <button type="button" onClick={() => void show()}>
            Show what it holds
          </button>
        ) : (
          <button type="button" onClick={() => setDetail(undefined)}>
            Hide what it holds
          </button>
        )}
        {detail?.masked === true && (
          <Permitted role="unmask" to="see personal data">
            <ConfirmButton
              label="Unmask personal data"
              title="Unmask this event?"
              confirm="Unmask, and log it"
              tone="danger"
              onConfirm={unmask}
              done="Personal data is shown"
            >
              <p>
                You will see a person’s data. That you looked is written to the console’s log and kept in the audit: your name,
                the event’s position and the time, never the data.
              </p>
            </ConfirmButton>
          </Permitted>
        )}
        {detail?.masked === false && (
          <button type="button" onClick={() => void show()}>
            Mask again
          </button>
        )}
      </div>
      <Failure title="Could not read it from the log" text={failure} />
      {detail !== undefined && <Bodies detail={detail} />}
    </div>
  );
}

function Bodies({ detail }: { readonly detail: EventDetail }): JSX.Element {
  const { segment, request, masked } = detail;
  const how = masked ? 'masked' : 'unmasked';
  return (
    <div class="side-by-side">
      <section>
        <h3>From Segment ({how})</h3>
        {segment === null ? <p class="muted">The log no longer holds it.</p> : <JsonBlock label="From Segment" json={segment} />}
      </section>
      <section>
        <h3>To Extole ({how})</h3>
        {request === null ? <p class="muted">Nothing is sent.</p> : <Request request={request} />}
      </section>
    </div>
  );
}

function Request({ request }: { readonly request: MappedBody }): JSX.Element {
  return (
    <>
      {request.mappingChanged && (
        <Notice tone="warn">
          <p>The mapping has changed since: what was sent may have differed.</p>
        </Notice>
      )}
      <JsonBlock label="To Extole" json={request.body} />
      <MappedFields {...request} />
    </>
  );
}
