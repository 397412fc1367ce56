import { createRequire } from 'node:module';

const { createErrorFromCode } = createRequire(import.meta.url)('kafkajs/src/protocol/error') as {
  readonly createErrorFromCode: (code: number) => Error;
};

const TOPIC_AUTHORIZATION_FAILED = 29;
const GROUP_AUTHORIZATION_FAILED = 30;

/** Whether a cluster answers with this code [Kafka protocol: error codes] where it does not tell us anything, not even whether there is what was asked about. */
export function isHidden(code: number): boolean {
  return code === TOPIC_AUTHORIZATION_FAILED || code === GROUP_AUTHORIZATION_FAILED;
}

/** What kafkajs would throw for an error code of Kafka's protocol; `failureOf` finds Kafka's name in it. */
export function errorOf(code: number): Error {
  return createErrorFromCode(code);
}
