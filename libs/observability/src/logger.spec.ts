import { describe, expect, it } from '@jest/globals';
import { MAX_VALUE_LENGTH, createLogger, type LogLevel } from './index.ts';

/** A logger whose lines can be read back. */
function recordingLogger(level: LogLevel = 'info') {
  const lines: string[] = [];
  const logger = createLogger({ app: 'ingest', level, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>), text: () => lines.join('') };
}

describe('the logger', () => {
  it('writes one JSON object a line with level, time, app, event and fields', () => {
    const { logger, lines, text } = recordingLogger();
    logger.warn('broker_unavailable', { source: 'shop', attempts: 3, reasons: ['timeout'] });
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        app: 'ingest',
        event: 'broker_unavailable',
        source: 'shop',
        attempts: 3,
        reasons: ['timeout'],
      },
    ]);
    expect(text().endsWith('}\n')).toBe(true);
  });

  it('writes nothing below its level', () => {
    const { logger, text } = recordingLogger('warn');
    logger.debug('record_read');
    logger.info('record_read');
    expect(text()).toBe('');
  });

  it('drops what is not on the allow-list, also when it comes in through a spread (P10)', () => {
    const { logger, text } = recordingLogger();
    const event = { source: 'shop', email: 'ann@example.com', userId: 'u-1', traits: { age: 25 }, __proto__: { code: 'x' } };
    logger.info('event_accepted', { ...event });
    logger.child({ ...event }).info('event_accepted');
    expect(text()).not.toMatch(/ann@|u-1|traits|age/);
    expect(text().match(/"source":"shop"/g)).toHaveLength(2);
  });

  it('drops objects under an allowed key and a subject that is not hashed', () => {
    const { logger, lines } = recordingLogger();
    logger.info('x', { reason: { email: 'ann@example.com' } as unknown as string, subject: 'ann', count: Number.NaN });
    logger.info('x', { subject: '0123456789abcdef0123456789abcdef' });
    expect(lines().map(({ reason, subject, count }) => ({ reason, subject, count }))).toEqual([
      {},
      { subject: '0123456789abcdef0123456789abcdef' },
    ]);
  });

  it('bounds the length of values and of lists', () => {
    const { logger, lines } = recordingLogger();
    logger.info('x', { reason: 'r'.repeat(5_000), reasons: Array.from({ length: 500 }, () => 's'.repeat(5_000)) });
    const [line] = lines();
    expect(line?.['reason']).toHaveLength(MAX_VALUE_LENGTH);
    expect(line?.['reasons']).toHaveLength(64);
    expect((line?.['reasons'] as string[])[0]).toHaveLength(MAX_VALUE_LENGTH);
  });

  it.each([
    ['https://key:secret@api.extole.io/v5/persons?email=ann%40example.com#x', 'https://api.extole.io/v5/persons'],
    ['/v5/persons?email=ann', '/v5/persons'],
  ])('writes a URL without user info, query and fragment: %s', (url, written) => {
    const { logger, lines } = recordingLogger();
    logger.info('x', { url });
    expect(lines()[0]?.['url']).toBe(written);
  });

  it('does not write an event name that is a sentence, which could carry values', () => {
    const { logger, lines } = recordingLogger();
    logger.info('could not deliver for ann@example.com');
    expect(lines()[0]?.['event']).toBe('unnamed_event');
  });
});
