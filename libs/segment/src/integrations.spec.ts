import { isSwitchedOff } from './integrations.ts';
import type { JsonObject } from './json.ts';

const cases: [string, JsonObject | undefined, boolean][] = [
  ['nothing is said', undefined, false],
  ['nothing is said about us', { All: true, Mixpanel: false }, false],
  ['everything is off', { All: false }, true],
  ['everything is off but us', { All: false, 'Extole Platform': true }, false],
  ['everything is off but us, with options', { All: false, Extole: { campaign: 'x' } }, false],
  ['everything is off and we are no more than mentioned', { All: false, 'Extole Platform': 'yes' }, true],
  ['we are off', { 'Extole Platform': false }, true],
  ['we are off under our short name', { All: true, Extole: false }, true],
  ['another spelling of our name is off: names are case sensitive', { 'extole platform': false }, false],
  ['everything is off but another spelling of our name', { All: false, extole: true }, true],
  ['one of our names is off and the other on: off wins', { Extole: true, 'Extole Platform': false }, true],
];

describe('isSwitchedOff', () => {
  it.each(cases)('%s', (_, integrations, expected) => {
    expect(isSwitchedOff(integrations)).toBe(expected);
  });
});
