import type { FaultList } from './config-error.ts';
import { isLoopback } from './loopback.ts';
import type { KafkaSettings, SaslSettings } from './model.ts';
import { SASL_MECHANISMS, type RawCommonEnvironment } from './raw-environment.ts';
import { parseList } from './units.ts';

type Mechanism = SaslSettings['mechanism'];

const PASSWORD = { needs: ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'], takes: [] } as const;

/** What each mechanism has to be told, and may be. */
const VARIABLES = {
  plain: PASSWORD,
  'scram-sha-256': PASSWORD,
  'scram-sha-512': PASSWORD,
  oauthbearer: {
    needs: ['KAFKA_OAUTH_TOKEN_URL', 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET'],
    takes: ['KAFKA_OAUTH_SCOPE', 'KAFKA_OAUTH_EXTENSIONS'],
  },
  'aws-msk-iam': { needs: ['KAFKA_AWS_REGION'], takes: [] },
} as const satisfies Record<
  Mechanism,
  { readonly needs: readonly (keyof RawCommonEnvironment)[]; readonly takes: readonly (keyof RawCommonEnvironment)[] }
>;

/** By what Kafka knows who we are; nothing of it set: by nothing. What is set and of no use is a fault, since somebody believes that it is. */
export function saslOf(raw: RawCommonEnvironment, faults: FaultList): Pick<KafkaSettings, 'sasl'> {
  const named = SASL_MECHANISMS.find((known) => known === raw.KAFKA_SASL_MECHANISM);
  const set = setVariables(raw);
  const [first] = set;
  if (named === undefined && first !== undefined)
    faults.add('KAFKA_SASL_MECHANISM', `is required with ${first}: ${mechanismsOf(first).join(', ')}`);
  // Without a mechanism, the one that the variables are of: what else is missing is told at once.
  const mechanism = named ?? (first === undefined ? undefined : mechanismsOf(first)[0]);
  if (mechanism === undefined) return {};
  const { needs, takes } = VARIABLES[mechanism];
  const cause = named === undefined ? first : `KAFKA_SASL_MECHANISM=${mechanism}`;
  for (const name of needs) {
    if (raw[name] === undefined) faults.add(name, `is required with ${cause}`);
  }
  const useful = new Set<string>([...needs, ...takes]);
  for (const name of set) {
    if (!useful.has(name)) faults.add(name, `is of no use with ${cause}: unset it, or choose another mechanism`);
  }
  const sasl = read(mechanism, raw, faults);
  return sasl === undefined ? {} : { sasl };
}

function read(mechanism: Mechanism, raw: RawCommonEnvironment, faults: FaultList): SaslSettings | undefined {
  switch (mechanism) {
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512': {
      const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = raw;
      return username === undefined || password === undefined ? undefined : { mechanism, username, password };
    }
    case 'oauthbearer':
      return readOauth(raw, faults);
    case 'aws-msk-iam': {
      if (raw.KAFKA_SSL !== 'true' && raw.KAFKA_SSL_CA === undefined)
        faults.add('KAFKA_SSL', `is required with KAFKA_SASL_MECHANISM=${mechanism}: MSK takes IAM over TLS only`);
      return raw.KAFKA_AWS_REGION === undefined ? undefined : { mechanism, region: raw.KAFKA_AWS_REGION };
    }
  }
}

function readOauth(raw: RawCommonEnvironment, faults: FaultList): SaslSettings | undefined {
  const {
    KAFKA_OAUTH_TOKEN_URL: tokenUrl,
    KAFKA_OAUTH_CLIENT_ID: clientId,
    KAFKA_OAUTH_CLIENT_SECRET: clientSecret,
    KAFKA_OAUTH_SCOPE: scope,
    KAFKA_OAUTH_EXTENSIONS: extensions = '',
  } = raw;
  if (tokenUrl === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  const { protocol, hostname } = new URL(tokenUrl);
  if (protocol !== 'https:' && !isLoopback(hostname)) {
    faults.add(
      'KAFKA_OAUTH_TOKEN_URL',
      'expected an https URL: the client secret is sent there (http on a loopback address only)',
    );
  }
  const pairs = parseList(extensions).map((entry) => {
    const [name = '', ...value] = entry.split('=');
    return [name, value.join('=')] as const;
  });
  return {
    mechanism: 'oauthbearer',
    tokenUrl,
    clientId,
    clientSecret,
    ...(scope === undefined ? {} : { scope }),
    extensions: Object.fromEntries(pairs),
  };
}

/** The variables of any mechanism that are set. */
function setVariables(raw: RawCommonEnvironment): (keyof RawCommonEnvironment)[] {
  const all = Object.values(VARIABLES).flatMap(({ needs, takes }): (keyof RawCommonEnvironment)[] => [...needs, ...takes]);
  return [...new Set(all)].filter((name) => raw[name] !== undefined);
}

function mechanismsOf(variable: keyof RawCommonEnvironment): Mechanism[] {
  return SASL_MECHANISMS.filter((mechanism) => {
    const { needs, takes } = VARIABLES[mechanism];
    return [...needs, ...takes].some((name) => name === variable);
  });
}
