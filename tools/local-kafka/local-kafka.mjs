#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { localKafkaStatus, startLocalKafka, stopLocalKafka } from './broker.mjs';
import { brokerFolders, startLocalKafkaCluster } from './cluster.mjs';
import { LocalKafkaError } from './errors.mjs';
import { KAFKA_VERSION, kafkaJars } from './jars.mjs';

export { BROKER_SETTINGS } from './broker-settings.mjs';
export { KAFKA_VERSION, kafkaJars, LocalKafkaError, localKafkaStatus, startLocalKafka, startLocalKafkaCluster, stopLocalKafka };

const USAGE = `A real Kafka ${KAFKA_VERSION} for machines without a container engine. Needs Java 17 or newer, and Maven for the first start.

  node tools/local-kafka/local-kafka.mjs start [--port 9092] [--data .data/kafka] [--heap 512] [--foreground]
  node tools/local-kafka/local-kafka.mjs start --brokers 3 [--port 9092] [--data .data/kafka] [--heap 256] [--foreground]
  node tools/local-kafka/local-kafka.mjs stop [--data .data/kafka]
  node tools/local-kafka/local-kafka.mjs status [--data .data/kafka]      exit code 0: running, 3: not running

With --brokers 3 it is a cluster: replication factor 3, min.insync.replicas 2, on --port and the two ports behind it, --heap megabytes each. The bridge then wants
KAFKA_BROKERS as printed and TOPIC_REPLICATION=3.`;

const print = (text) => console.log(text);

async function start({ port, data, heap, brokers, foreground }) {
  const count = wholeNumber('--brokers', brokers);
  if (count !== 1 && count !== 3) throw new LocalKafkaError('BAD_OPTION', '--brokers must be 1 or 3.');
  const firstPort = wholeNumber('--port', port);
  const options = {
    dataDir: data,
    ...(heap === undefined ? {} : { heapMb: wholeNumber('--heap', heap) }),
    log: print,
    outlive: !foreground,
  };
  const started =
    count === 1
      ? await startLocalKafka({ ...options, port: firstPort })
      : await startLocalKafkaCluster({ ...options, ports: [firstPort, firstPort + 1, firstPort + 2] });
  const processes = (started.nodes ?? [started]).map(({ pid, exited, dataDir }) => ({ pid, exited, dataDir }));
  print(`ready kafka=${started.brokers} pid=${processes.map(({ pid }) => pid).join(',')}`);
  if (!foreground) return 0;

  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopping = true;
      void started.stop();
    });
  }
  const ended = processes.map(async ({ exited, dataDir }) => {
    await exited;
    if (!stopping) console.error(`The broker ended by itself; its last words are in ${dataDir}/broker.log.`);
  });
  await Promise.all(ended);
  return stopping ? 0 : 1;
}

async function stop({ data }) {
  const pids = await Promise.all(brokerFolders(data).map((dataDir) => stopLocalKafka({ dataDir, log: print })));
  const stopped = pids.filter((pid) => pid !== undefined);
  print(stopped.length === 0 ? 'not running' : `stopped pid=${stopped.join(',')}`);
  return 0;
}

async function status({ data }) {
  const brokers = await Promise.all(brokerFolders(data).map((dataDir) => localKafkaStatus({ dataDir })));
  for (const broker of brokers) {
    print(
      broker === undefined
        ? 'not running'
        : `running kafka=127.0.0.1:${broker.port} pid=${broker.pid}${broker.answering ? '' : ' (not answering)'}`,
    );
  }
  return brokers.every((broker) => broker?.answering) ? 0 : 3;
}

function wholeNumber(option, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new LocalKafkaError('BAD_OPTION', `${option} must be a whole number from 1 to 65535.`);
  return number;
}

async function main(args) {
  const commands = { start, stop, status };
  const options = {
    port: { type: 'string', default: '9092' },
    data: { type: 'string', default: '.data/kafka' },
    heap: { type: 'string' },
    brokers: { type: 'string', default: '1' },
    foreground: { type: 'boolean', default: false },
  };
  let parsed;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  const command = commands[parsed.positionals[0]];
  if (command === undefined || parsed.positionals.length > 1) {
    console.error(USAGE);
    return 2;
  }
  try {
    return await command(parsed.values);
  } catch (error) {
    if (!(error instanceof LocalKafkaError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await main(process.argv.slice(2));
}
