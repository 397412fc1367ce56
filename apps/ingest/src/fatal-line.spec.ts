import { fatalLine } from './fatal-line.ts';

const now = new Date('2024-05-01T12:00:00Z');

describe('the last line of a process that met a bug', () => {
  it('says where it happened, and nothing of the value that it happened to', () => {
    const error = new TypeError('Cannot read "ada@example.com"\n of undefined');
    const line = fatalLine(error, now);
    expect(JSON.parse(line)).toMatchObject({
      level: 'fatal',
      time: '2024-05-01T12:00:00.000Z',
      app: 'ingest',
      event: 'uncaught_exception',
      error: 'TypeError',
      stack: expect.arrayContaining([expect.stringContaining('fatal-line.spec')]) as string[],
    });
    expect(line).not.toContain('ada@example.com');
    expect(line.split('\n')).toHaveLength(2);
  });

  it('has no value either of what is thrown and is no error', () => {
    expect(fatalLine({ email: 'ada@example.com' }, now)).not.toContain('ada');
    expect(fatalLine('ada@example.com', now)).not.toContain('ada');
  });
});
