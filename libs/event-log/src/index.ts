/** The log: topics of Kafka, and what stands in them. README.md says where to begin. */
export * from './errors.ts';
export { isOutOfRange, rightMissingIn } from './kafka-errors.ts';
export { AuthenticationRefusedError, TokenUnavailableError } from './sasl/authentication-errors.ts';
export { whatToCheck } from './what-to-check.ts';
export type { LogClient } from './log-client.ts';
export type { LogSink } from './log-sink.ts';
export * from './records/index.ts';
export * from './topics/index.ts';
export * from './write/index.ts';
export * from './read/index.ts';
export * from './group/index.ts';
export { createKafka, type KafkaOptions } from './kafkajs/create-kafka.ts';
