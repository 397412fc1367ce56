import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceIndex } from '../../dist/apps/console/src/index/source-index.js';

/** What the console's index costs: `node apps/console/measure-index.mjs [events]`, after `npm run build`. The figures of README.md are made by it. */
const EVENTS = Number(process.argv[2] ?? 1_000_000);
const USERS = 100_000;
const PARTITIONS = 12;
const LOOKUPS = 200;

const directory = mkdtempSync(join(tmpdir(), 'console-index-'));
const identity = { cluster: 'measure', events: 'segment.events.default', hashKey: 'measure' };
const open = () => new SourceIndex({ source: 'default', directory, identity, windowMs: 30 * 86_400_000 });
const subjectOf = (user) => createHash('sha256').update(`user ${user}`).digest('hex').slice(0, 32);
const subjects = Array.from({ length: USERS }, (_, user) => subjectOf(user));

const index = open();
const filling = timed(() => fill(index));
index.checkpoint();
const message = timed(() => repeat((i) => index.ofMessage(`message ${Math.floor((i * EVENTS) / LOOKUPS)}`, 10)));
const user = timed(() => repeat((i) => index.ofSubject(subjects[i * 37], 200)));
const opening = timed(open);
const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).blocks * 512, 0);

process.stdout.write(
  `${JSON.stringify({
    events: EVENTS,
    diskMegabytes: Math.round(bytes / 1e6),
    bufferMegabytes: Math.round(process.memoryUsage().arrayBuffers / 1e6),
    perSecond: Math.round((EVENTS / filling) * 1_000),
    messageMs: Number((message / LOOKUPS).toFixed(1)),
    userMs: Number((user / LOOKUPS).toFixed(1)),
    openMs: Math.round(opening),
  })}\n`,
);
rmSync(directory, { recursive: true });

function fill(target) {
  const at = new Date().toISOString();
  for (let i = 0; i < EVENTS; i++) {
    const position = { partition: i % PARTITIONS, offset: Math.floor(i / PARTITIONS) };
    const subject = subjects[(i * 7_919) % USERS];
    const outcome = {
      outcome: 'delivered',
      type: 'track',
      subject,
      messageId: `message ${i}`,
      position,
      attempts: 1,
      latencyMs: 1,
      at,
    };
    target.takeOutcome(outcome, position.offset);
  }
}

function repeat(look) {
  for (let i = 0; i < LOOKUPS; i++) look(i);
}

function timed(work) {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}
