import { LogUnavailableError } from '#event-log';
import { askEach, askTarget, type TargetAnswer } from '../../../../test/hostile/ask-target.ts';
import { credentials, DOORS, PATHS, type AttackedKeys } from '../../../../test/hostile/corpus.ts';
import { goodBody } from '../../../../test/hostile/good-message.ts';
import { everySpelling, spellingsOf } from '../../../../test/hostile/spellings.ts';
import { shop, startIngest, type RunningIngest } from '../testing/start-ingest.ts';

const KEYS: AttackedKeys = {
  write: shop.writeKeys[0] ?? '',
  extole: shop.extoleApiKeys[0] ?? '',
  deletion: shop.deletionKeys[0] ?? '',
  sharedSecret: shop.sharedSecret ?? '',
};
const STRANGERS_KEYS: AttackedKeys = { write: 'none', extole: 'none', deletion: 'none', sharedSecret: 'none' };
const JSON_TYPE = { 'content-type': 'application/json' };

let ingest: RunningIngest;
beforeAll(async () => {
  ingest = await startIngest();
});
afterAll(() => ingest.close());

describe.each(DOORS)('the %s door', (door) => {
  const body = goodBody(door);

  /** What a sender with `keys` is answered, and where that hangs on how the address is written; that there is no such address may always be said. */
  async function answersTo(keys: AttackedKeys): Promise<{ readonly asDocumented: TargetAnswer; readonly otherwise: string[] }> {
    const asked = { method: 'POST', headers: { ...JSON_TYPE, ...credentials(door, keys, Buffer.from(body)) }, body };
    const asDocumented = await askTarget(ingest.url, { ...asked, target: PATHS[door] });
    const otherwise: string[] = [];
    const requests = spellingsOf(PATHS[door]).map((spelling) => ({ ...asked, ...spelling }));
    await askEach(ingest.url, requests, ({ name, target }, { status, text }) => {
      const isNowhere = [404, 400, 0].includes(status);
      if (!isNowhere && (status !== asDocumented.status || text !== asDocumented.text))
        otherwise.push(`${name} (${target}): ${status} ${text}`);
    });
    return { asDocumented, otherwise };
  }

  it('answers a stranger in the same words, however its address is written', async () => {
    const { asDocumented, otherwise } = await answersTo(STRANGERS_KEYS);
    expect(asDocumented.status).toBe(401);
    expect(otherwise).toEqual([]);
    expect(ingest.log.appended).toEqual([]);
  });

  it('says in the same way that its sender must come again', async () => {
    ingest.log.failWhen(() => new LogUnavailableError('log_queue_full', 'later', 3));
    const { asDocumented, otherwise } = await answersTo(KEYS);
    ingest.log.failWhen(() => undefined);
    expect(asDocumented.status).toBe(door === 'tracking' || door === 'batch' ? 429 : 503);
    expect(otherwise).toEqual([]);
  });
});

it('nothing is taken from a stranger, by any method in any spelling of a door', async () => {
  const requests = DOORS.flatMap((door) =>
    [...everySpelling([PATHS[door]], ['GET', 'HEAD', 'POST'])].map((asked) => ({
      ...asked,
      headers: JSON_TYPE,
      body: goodBody(door),
    })),
  );
  const taken: string[] = [];
  await askEach(ingest.url, requests, ({ name, method }, { status }) => {
    // A preflight is answered at every address, and tells nothing.
    if (status < 400 && status > 0 && method !== 'OPTIONS') taken.push(`${name}: ${status}`);
  });
  expect(taken).toEqual([]);
  expect(ingest.log.appended).toEqual([]);
}, 60_000);
