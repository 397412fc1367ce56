import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ExplainedMessage, Json } from '../../../src/api/index.ts';
import { ask } from '../../api-client.ts';
import { Notice } from '../../ui/notice.tsx';
import { SourceSelect } from '../../components/source-select.tsx';
import { session, sourcesOf } from '../../session-store.ts';
import { EXAMPLES, FIRST_EXAMPLE } from './examples.ts';
import { Explained } from './explained.tsx';
import { textOf } from '../../ui/format.ts';
import { SelectField } from '../../ui/field.tsx';
import { Panel } from '../../ui/panel.tsx';

/** After the last key, so that not every letter is asked about. */
const PAUSE_MS = 300;

type Answer =
  | { readonly kind: 'none' }
  | { readonly kind: 'not-json'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'explained'; readonly explained: ExplainedMessage };

/** A Segment message at the left, what would become of it at the right, as one types. Nothing is sent, written or logged. */
export function PlaygroundView(): JSX.Element {
  const [source, setSource] = useState(() => sourcesOf(session.value)[0] ?? '');
  const [text, setText] = useState(() => textOfExample(FIRST_EXAMPLE));
  const answer = useExplanation(source, text);
  return (
    <>
      <h1>Mapping</h1>
      <p class="muted">Paste a Segment message to see what would be sent to Extole. Nothing is sent, written or logged.</p>
      <div class="side-by-side playground">
        <Panel
          title="From Segment"
          aside={
            <>
              <SourceSelect value={source} onChange={setSource} />
              <SelectField
                label="Example"
                isInline
                options={Object.keys(EXAMPLES)}
                onChange={(name) => setText(textOfExample(name))}
              />
            </>
          }
        >
          <textarea
            aria-label="A Segment message as JSON"
            aria-describedby="playground-fault"
            aria-invalid={answer.kind === 'not-json'}
            spellcheck={false}
            rows={22}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <p id="playground-fault" class="tone-bad">
            {answer.kind === 'not-json' && `That is not JSON: ${answer.message}`}
          </p>
        </Panel>
        <Panel title="To Extole">
          {answer.kind === 'none' && <p class="loading">Looking …</p>}
          {answer.kind === 'failed' && (
            <Notice tone="bad" title="It cannot be explained">
              <p>{answer.message}</p>
            </Notice>
          )}
          {answer.kind === 'explained' && <Explained explained={answer.explained} />}
        </Panel>
      </div>
    </>
  );
}

/** What the server says to the text, a little after it was last changed; while it is not JSON, what it said before is gone. */
function useExplanation(source: string, text: string): Answer {
  const [answer, setAnswer] = useState<Answer>({ kind: 'none' });
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const message = parsed(text);
      if (message.kind === 'not-json') return setAnswer(message);
      ask('POST /api/explain', { body: { source, message: message.json }, signal: abort.signal }).then(
        (explained) => setAnswer({ kind: 'explained', explained }),
        (error: unknown) => {
          if (!abort.signal.aborted) setAnswer({ kind: 'failed', message: textOf(error) });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [source, text]);
  return answer;
}

function parsed(
  text: string,
): { readonly kind: 'json'; readonly json: Json } | { readonly kind: 'not-json'; readonly message: string } {
  try {
    return { kind: 'json', json: JSON.parse(text) as Json };
  } catch (error) {
    return { kind: 'not-json', message: textOf(error) };
  }
}

function textOfExample(name: string): string {
  return JSON.stringify(EXAMPLES[name] ?? {}, null, 2);
}
