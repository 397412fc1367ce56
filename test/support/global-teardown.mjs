import { endSurvivors } from './process-registry.mjs';
import { tearDownSharedBroker } from './shared-broker.mjs';

/** Nothing that a test started may outlive the run: what does is ended, and fails the run, whatever the tests themselves said. */
export default async function tearDown() {
  const survivors = endSurvivors(process.env.TEST_PROCESS_REGISTRY);
  await tearDownSharedBroker();
  if (survivors.length > 0) throw new Error(`Processes outlived the tests that started them: ${survivors.join(', ')}.`);
}
