import {
  ConfigError,
  loadCommonSettings,
  loadConsoleSettings,
  loadForwarderSettings,
  loadIngestSettings,
  type ConfigFault,
  type Environment,
} from '#config';

/** What any of the apps would refuse to start for, each fault once. */
export function configFaults(env: Environment): ConfigFault[] {
  const faults = [loadIngestSettings, loadForwarderSettings, loadConsoleSettings].flatMap((load) => faultsOf(load, env));
  return faults.filter(
    ({ where, expected }, index) => faults.findIndex((other) => other.where === where && other.expected === expected) === index,
  );
}

/** One line about a valid configuration, without a secret. */
export function configSummary(env: Environment): string {
  const { sources, kafka, topics } = loadCommonSettings(env);
  return [
    `configuration is valid: ${count(sources.length, 'source')} (${sources.map(({ id }) => id).join(', ')})`,
    `Kafka at ${kafka.brokers.join(', ')}`,
    `${count(topics.partitions, 'partition')} with ${count(topics.replication, 'replica')}`,
  ].join(', ');
}

function faultsOf(load: (env: Environment) => unknown, env: Environment): readonly ConfigFault[] {
  try {
    load(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
