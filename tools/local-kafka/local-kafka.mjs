#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { localKafkaStatus, startLocalKafka, stopLocalKafka } from './broker.mjs';
import { LocalKafkaError } from './errors.mjs';
import { KAFKA_VERSION } from './jars.mjs';

export { BROKER_SETTINGS } from './broker-settings.mjs';
export { KAFKA_VERSION, LocalKafkaError, localKafkaStatus, startLocalKafka, stopLocalKafka };

const USAGE = `A real single-node Kafka ${KAFKA_VERSION} for machines without a container engine. Needs Java 17 or newer, and Maven for the first start.

  node tools/local-kafka/local-kafka.mjs start [--port 9092] [--data .data/kafka] [--heap 512] [--foreground]
  node tools/local-kafka/local-kafka.mjs stop [--data .data/kafka]
  node tools/local-kafka/local-kafka.mjs status [--data .data/kafka]      exit code 0: running, 3: not running`;

const print = (text) => console.log(text);

async function start({ port, data, heap, foreground }) {
  const broker = await startLocalKafka({
    port: wholeNumber('--port', port),
    dataDir: data,
    heapMb: wholeNumber('--heap', heap),
    log: print,
    outlive: !foreground,
  });
  print(`ready kafka=${broker.brokers} pid=${broker.pid}`);
  if (!foreground) return 0;

  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopping = true;
      void broker.stop();
    });
  }
  await broker.exited;
  if (stopping) return 0;
  console.error(`The broker ended by itself; its last words are in ${broker.logPath}.`);
  return 1;
}

async function stop({ data }) {
  const pid = await stopLocalKafka({ dataDir: data, log: print });
  print(pid === undefined ? 'not running' : `stopped pid=${pid}`);
  return 0;
}

async function status({ data }) {
  const broker = await localKafkaStatus({ dataDir: data });
  print(
    broker === undefined
      ? 'not running'
      : `running kafka=127.0.0.1:${broker.port} pid=${broker.pid}${broker.answering ? '' : ' (not answering)'}`,
  );
  return broker?.answering ? 0 : 3;
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
    heap: { type: 'string', default: '512' },
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
