type CleanUp = () => unknown;

let ofThisTest: CleanUp[] = [];
let ofThisFile: CleanUp[] = [];
let insideTest = false;

/**
 * Has `cleanUp` run at the end of the test that asks for it, or of the whole file when asked for in `beforeAll`; what was asked for last runs first.
 * A failed test cleans up like any other.
 */
export function atTestEnd(cleanUp: CleanUp): void {
  presentEnd()(cleanUp);
}

/** {@link atTestEnd} as it is now: what is made in `beforeAll` can so own what it starts later, in the middle of a test. */
export function presentEnd(): typeof atTestEnd {
  const cleanUps = insideTest ? ofThisTest : ofThisFile;
  return (cleanUp) => void cleanUps.push(cleanUp);
}

async function runInReverse(cleanUps: readonly CleanUp[]): Promise<void> {
  const failures: unknown[] = [];
  for (const cleanUp of cleanUps.toReversed()) {
    try {
      await cleanUp();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'The clean-up after a test failed.');
}

beforeEach(() => {
  insideTest = true;
});

afterEach(async () => {
  insideTest = false;
  const cleanUps = ofThisTest;
  ofThisTest = [];
  await runInReverse(cleanUps);
}, 90_000);

afterAll(async () => {
  const cleanUps = ofThisFile;
  ofThisFile = [];
  await runInReverse(cleanUps);
}, 90_000);
