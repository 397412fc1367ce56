import { classifyError } from './classify-error.ts';

const withCode = (code: string) => Object.assign(new Error('about 10.0.0.7:443 and john@example.com'), { code });

test.each([
  ['ECONNREFUSED', 'connection_refused'],
  ['ECONNRESET', 'connection_lost'],
  ['UND_ERR_SOCKET', 'connection_lost'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
  ['CALL_TIMEOUT', 'timeout'],
  ['ENOTFOUND', 'host_not_found'],
  ['EAI_AGAIN', 'host_not_found'],
  ['CERT_HAS_EXPIRED', 'tls_failure'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_failure'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_failure'],
  ['UND_ERR_INVALID_ARG', 'invalid_call'],
  ['SOMETHING_NEW', 'no_answer'],
])('%s is retried as %s', (code, name) => {
  expect(classifyError(withCode(code))).toEqual({ kind: 'retry', reason: 'transient', code: name });
});

test.each([
  ['CALL_ABORTED', 'aborted'],
  ['CALL_NOT_SENT', 'not_sent'],
])('%s is no failure of Extole: it was us', (code, name) => {
  expect(classifyError(withCode(code))).toEqual({ kind: 'retry', reason: 'withdrawn', code: name });
});

test('the code of a wrapped cause counts', () => {
  expect(classifyError(new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }))).toMatchObject({
    code: 'connection_refused',
  });
});

test.each([undefined, null, 'text', new Error('no code'), {}])(
  'anything else (%p) is a retry too, and nothing of it goes further',
  (error) => {
    expect(classifyError(error)).toEqual({ kind: 'retry', reason: 'transient', code: 'no_answer' });
  },
);
