import { createRequire } from 'node:module';

const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error') as {
  readonly createErrorFromCode: (code: number) => Error;
};

/** What kafkajs would throw for an error code of Kafka's protocol; `failureOf` finds Kafka's name in it. */
export function errorOf(code: number): Error {
  return createErrorFromCode(code);
}
