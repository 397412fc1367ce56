import { ValidateBy, type ValidationOptions } from 'class-validator';
import { parseAddressList } from './address-list.ts';
import { parseByteSize, parseCount, parseDuration, parseFlag, parseList, parseRateLimit } from './units.ts';

/**
 * The validators of raw configuration values. Their messages say what is expected and never show the value, which may be a secret.
 * Each takes the text as it came; the same parser makes the setting of it later.
 */
function Expected(
  name: string,
  expected: string,
  holds: (text: string) => boolean,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy(
    {
      name,
      validator: { validate: (value: unknown) => typeof value === 'string' && holds(value), defaultMessage: () => expected },
    },
    options,
  );
}

/** The sources file may say `100` where the environment can only say `"100"`. */
function textOrNumber(name: string, expected: string, holds: (text: string) => boolean): PropertyDecorator {
  const validate = (value: unknown): boolean => (typeof value === 'string' || typeof value === 'number') && holds(String(value));
  return ValidateBy({ name, validator: { validate, defaultMessage: () => expected } });
}

export const IsDuration = (): PropertyDecorator =>
  Expected('isDuration', 'a duration such as 30d, 12h, 15m, 5s or 500ms', (text) => parseDuration(text) !== undefined);

export const IsByteSize = (): PropertyDecorator =>
  Expected('isByteSize', 'a size such as 64MB, 512KB or a number of bytes', (text) => parseByteSize(text) !== undefined);

export const IsRate = (): PropertyDecorator =>
  textOrNumber('isRate', 'a rate such as 100/min, 10/s, or a number per second', (text) => parseRateLimit(text) !== undefined);

export const IsFlag = (): PropertyDecorator => Expected('isFlag', 'true or false', (text) => parseFlag(text) !== undefined);

export const IsCount = (min: number, max: number): PropertyDecorator =>
  textOrNumber('isCount', `a whole number from ${min} to ${max}`, (text) => {
    const count = parseCount(text);
    return count !== undefined && count >= min && count <= max;
  });

export const IsRatio = (): PropertyDecorator =>
  Expected('isRatio', 'a number from 0 to 1', (text) => text !== '' && Number(text) >= 0 && Number(text) <= 1);

export const IsAddressList = (): PropertyDecorator =>
  Expected(
    'isAddressList',
    'addresses or networks with commas between, such as 10.0.0.7 or 10.1.0.0/16',
    (text) => parseAddressList(text) !== undefined,
  );

/** What a browser writes by itself, or what means something else, cannot say who somebody is. */
export const IsHeaderName = (): PropertyDecorator =>
  Expected(
    'isHeaderName',
    'the name of a header that the proxy alone sets, such as X-Forwarded-User',
    (text) => /^[A-Za-z0-9-]{1,60}$/.test(text) && !/^(authorization|cookie|host|origin|referer|user-agent|sec-.*)$/i.test(text),
  );

export const IsPort = (): PropertyDecorator => IsCount(0, 65_535);

export const IsOneOf = (choices: readonly string[]): PropertyDecorator =>
  Expected('isOneOf', `one of ${choices.join(', ')}`, (text) => choices.includes(text));

export const IsBrokerList = (): PropertyDecorator =>
  Expected('isBrokerList', 'host:port, or several of them separated by commas', (text) => {
    const brokers = parseList(text);
    return brokers.length > 0 && brokers.every((broker) => /^([\w.-]+|\[[0-9a-fA-F:]+\]):\d{1,5}$/.test(broker));
  });

export const IsNameList = (): PropertyDecorator =>
  Expected('isNameList', 'a host name, or several separated by commas; .example.com is for all below it', (text) =>
    parseList(text).every((name) => /^\.?[\w-]+(\.[\w-]+)*$/.test(name)),
  );

export const IsSaslExtensions = (): PropertyDecorator =>
  Expected('isSaslExtensions', 'name=value, or several of them separated by commas', (text) =>
    parseList(text).every((entry) => /^[A-Za-z]+=[\x21-\x7e]+$/.test(entry)),
  );

export const IsAwsRegion = (): PropertyDecorator =>
  Expected('isAwsRegion', 'the name of a region, such as eu-central-1', (text) => /^[a-z0-9-]+$/.test(text));

export const IsHttpUrl = (): PropertyDecorator =>
  Expected('isHttpUrl', 'an http or https URL without user, query or fragment', isPlainHttpUrl);

export const IsTopicPrefix = (): PropertyDecorator =>
  Expected('isTopicPrefix', 'at most 100 letters, digits, dots, dashes or underscores', (text) => /^[\w.-]{0,100}$/.test(text));

export const IsSourceId = (): PropertyDecorator =>
  Expected('isSourceId', 'a to z, 0 to 9 and dashes, at most 40, the first no dash', (text) =>
    /^[a-z0-9][a-z0-9-]{0,39}$/.test(text),
  );

/** A secret or another text that must not be empty or framed by blanks: a stray newline in a key is found here, not as a 401. */
export const IsText = (minLength = 1): PropertyDecorator =>
  Expected('isText', expectedText(minLength), (text) => isTrimmed(text, minLength));

export const IsTextList = (): PropertyDecorator =>
  Expected('isTextList', 'a list of texts, none of them empty or with blanks around it', (text) => isTrimmed(text, 1), {
    each: true,
  });

export const IsPem = (): PropertyDecorator =>
  Expected('isPem', 'a certificate or key in PEM form (begins with -----BEGIN)', (text) =>
    text.trimStart().startsWith('-----BEGIN'),
  );

function expectedText(minLength: number): string {
  return minLength > 1 ? `${minLength} characters or more, without blanks around them` : 'a text without blanks around it';
}

function isTrimmed(text: string, minLength: number): boolean {
  return text.length >= minLength && text.trim() === text;
}

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return plain && (url.protocol === 'https:' || url.protocol === 'http:');
}
