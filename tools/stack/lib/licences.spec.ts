import { join } from 'node:path';
import { isAllowed, licenceFaults } from './licences.mjs';

describe('a licence', () => {
  it.each(['MIT', '(MIT OR GPL-3.0-only)', 'GPL-2.0 OR Apache-2.0', 'MIT AND ISC', '(MIT OR CC0-1.0)'])(
    '%s is allowed',
    (licence) => {
      expect(isAllowed(licence)).toBe(true);
    },
  );

  it.each(['GPL-3.0-only', 'MIT AND AGPL-3.0-only', 'UNLICENSED', 'SEE LICENSE IN LICENSE', '', undefined, {}])(
    '%p is not',
    (licence) => {
      expect(isAllowed(licence)).toBe(false);
    },
  );
});

it('every production package has one that is', () => {
  expect(licenceFaults(join(import.meta.dirname, '..', '..', '..'))).toEqual([]);
});
