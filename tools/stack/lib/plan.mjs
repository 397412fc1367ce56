/** The ports of the apps, and the variable that moves each. */
const PORTS = {
  ingest: { variable: 'INGEST_PORT', usual: 3000 },
  ingestAdmin: { variable: 'INGEST_ADMIN_PORT', usual: 3100 },
  forwarderAdmin: { variable: 'FORWARDER_ADMIN_PORT', usual: 3200 },
  console: { variable: 'CONSOLE_PORT', usual: 3300 },
  simulator: { variable: 'EXTOLE_SIMULATOR_PORT', usual: 3400 },
  broker: { variable: 'LOCAL_KAFKA_PORT', usual: 9092 },
};

/** Keys of a stack whose Extole is the simulator. Known to everybody, so never used with a real account: there an unset key is the app's own error. */
const LOCAL_KEYS = {
  SEGMENT_WRITE_KEYS: 'local-write-key',
  DELETION_KEYS: 'local-deletion-key',
  SEGMENT_SHARED_SECRET: 'local-shared-secret',
  EXTOLE_ACCESS_TOKEN: 'local-extole-token',
};

/**
 * What `npm start` has to start, from the environment: `{parts, ports, faults, env}`.
 *
 * `parts` says for broker, simulator and console whether they are ours to start; `ports` holds the number of each port; `faults` are texts about bad port
 * settings; `env` is the environment of the apps, but for a SUBJECT_HASH_KEY that has yet to be made up.
 */
export function planStack(env, { hasConsole, stateDir, indexDir }) {
  const isSet = (name) => Boolean(env[name]) || Boolean(env[`${name}_FILE`]);
  const parts = {
    broker: !env.KAFKA_BROKERS,
    simulator: !isSet('EXTOLE_ACCESS_TOKEN') && !isSet('SOURCES_FILE'),
    console: hasConsole,
  };
  const { ports, faults } = portsOf(env, parts);

  const defaults = {
    STATE_DIR: stateDir,
    CONSOLE_INDEX_DIR: indexDir,
    ...(parts.broker ? { KAFKA_BROKERS: `127.0.0.1:${ports.broker}` } : {}),
    // Keys that everybody knows are for this machine alone.
    ...(parts.simulator
      ? {
          ...LOCAL_KEYS,
          INGEST_HOST: '127.0.0.1',
          EXTOLE_BASE_URL: `http://localhost:${ports.simulator}`,
          MAPPING_FILE: 'examples/mapping.yaml',
        }
      : {}),
  };
  const unset = Object.entries(defaults).filter(([name]) => !isSet(name));
  const portVariables = Object.entries(ports).map(([name, port]) => [PORTS[name].variable, String(port)]);
  const planned = { ...env, ...Object.fromEntries(portVariables), ...Object.fromEntries(unset) };
  return { parts, ports, faults, env: parts.simulator ? { ...planned, SIMULATOR_TOKEN: planned.EXTOLE_ACCESS_TOKEN } : planned };
}

function portsOf(env, parts) {
  const ports = {};
  const faults = [];
  for (const [name, { variable, usual }] of Object.entries(PORTS)) {
    if (parts[name] === false) continue;
    const port = Number(env[variable] || usual);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      faults.push(`${variable} must be a port number from 1 to 65535.`);
      continue;
    }
    const twin = Object.keys(ports).find((other) => ports[other] === port);
    if (twin !== undefined) faults.push(`${variable} and ${PORTS[twin].variable} are both ${port}.`);
    ports[name] = port;
  }
  return { ports, faults };
}

/** What to say about a port of the plan that somebody else holds. */
export function takenPortFault(name, port) {
  const useIt = name === 'broker' ? ` (or, if it is a broker of yours, use it: KAFKA_BROKERS=localhost:${port})` : '';
  return `Port ${port} is taken. Another npm start may be running: stop it, or set ${PORTS[name].variable} to another port${useIt}.`;
}
