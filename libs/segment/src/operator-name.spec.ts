import { isOperatorName, toOperatorName } from './operator-name.ts';

describe('the name of an operator', () => {
  it.each(['anna', 'anna.b@shop.example', 'CORP\\anna', '7', 'a'.repeat(64)])('may be %s', (name) => {
    expect(isOperatorName(name)).toBe(true);
    expect(toOperatorName(name)).toBe(name);
  });

  it.each(['', ' ', '-x', 'two words', 'anna, ben', 'line\nend', '\u001b[31m', 'anna\u202e', 'a'.repeat(65), 5, undefined])(
    'cannot be %j, which would forge a line or hide in one',
    (name) => expect(isOperatorName(name)).toBe(false),
  );

  it.each([
    ['Anna Müller', 'Anna_M_ller'],
    ['', 'x'],
    ['-x', 'x-x'],
    ['é'.repeat(80), `x${'_'.repeat(63)}`],
  ])('is made of what a machine calls its user: %j', (text, name) => {
    expect(toOperatorName(text)).toBe(name);
    expect(isOperatorName(name)).toBe(true);
  });
});
