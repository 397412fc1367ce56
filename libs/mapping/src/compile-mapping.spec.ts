import { compileMapping } from './compile-mapping.ts';
import { MappingError, type MappingFault } from './faults.ts';

function faultsOf(config: unknown): readonly MappingFault[] {
  try {
    compileMapping(config);
  } catch (error) {
    if (error instanceof MappingError) return error.faults;
    throw error;
  }
  return [];
}

/** The mapping file as the contract shows it. */
const CONTRACT_EXAMPLE = {
  version: 1,
  track: {
    default: 'pass',
    eventName: 'name',
    events: {
      'Signed Up': 'registration',
      'Order Completed': {
        as: 'conversion',
        data: { partner_conversion_id: 'properties.order_id', cart_value: 'properties.total' },
      },
      'Internal Ping': false,
    },
  },
  identify: { event: 'identify', parameters: { exclude: ['ssn'], rename: { plan: 'subscription_plan' }, via: 'event-data' } },
  dedup: { conversion: 'partner_conversion_id', registration: 'partner_user_id', 'Trial Started': 'trial_id' },
  presets: ['ecommerce'],
  constants: { labels: 'my-programme' },
};

test("the contract's example is valid", () => {
  expect(faultsOf(CONTRACT_EXAMPLE)).toEqual([]);
});

test('a file with everything wrong names every fault with its path', () => {
  const faults = faultsOf({
    version: 0,
    tracks: {},
    track: {
      default: 'skip',
      eventName: 'other',
      events: {
        Ping: null,
        'Order Completed': {
          to: 'conversion',
          data: { cart_value: 'property.total', total: ['properties.', 7], partner_event_id: 'messageId' },
        },
        'Signed Up': { as: '' },
      },
    },
    identify: {
      evnet: 'x',
      parameters: { exclude: [1], rename: { a: 'x', b: 'x', c: '' }, via: 'profile' },
    },
    dedup: { conversion: 5 },
    presets: ['ecomerce', 3],
    constants: { email: 'all@example.com', labels: 4, nothing: null },
  });
  expect(faults.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'tracks: unknown key; did you mean "track"?',
    'version: expected a whole number from 1; raise it with each change',
    'track.default: expected pass or drop',
    'track.eventName: expected name or track',
    'identify.evnet: unknown key; did you mean "event"?',
    'track.events.Order Completed.to: unknown key; known here: as, data',
    expect.stringMatching(
      /^track\.events\.Order Completed\.data\.cart_value: expected a source path: .*; did you mean "properties"\?$/,
    ),
    'track.events.Order Completed.data.partner_event_id: is always the messageId: choose another field',
    expect.stringMatching(/^track\.events\.Order Completed\.data\.total\[0\]: expected a source path/),
    expect.stringMatching(/^track\.events\.Order Completed\.data\.total\[1\]: expected a source path/),
    'track.events.Ping: expected false, true, a name or {as, data}',
    'track.events.Signed Up.as: expected a name',
    'identify.parameters.exclude: expected a list of trait names',
    'identify.parameters.via: expected event-data or person-data',
    'identify.parameters.rename.b: "a" is renamed to the same name',
    'identify.parameters.rename.c: expected the new name of the trait',
    'dedup.conversion: expected the name of the field',
    'presets[0]: unknown preset; did you mean "ecommerce"?',
    'presets[1]: unknown preset; known: ecommerce',
    'constants.email: identifies a person or an event: it cannot be a constant',
    'constants.labels: expected a label',
    'constants.nothing: expected a value',
  ]);
});

test('the error says all of it in one message, with a stable code', () => {
  const compile = () => compileMapping({ version: 'one', dedpu: {} });
  expect(compile).toThrow(MappingError);
  expect(compile).toThrow(
    'the mapping is not valid:\n  dedpu: unknown key; did you mean "dedup"?\n' +
      '  version: expected a whole number from 1; raise it with each change',
  );
  expect(new MappingError([]).code).toBe('MAPPING_INVALID');
});

test.each([
  [null, 'the file is empty'],
  [[], 'expected keys and values at the top of the file'],
  ['track', 'expected keys and values at the top of the file'],
])('a file that is %j as a whole is a fault', (config, message) => {
  expect(faultsOf(config)).toEqual([{ path: '', message }]);
});

test('sections of the wrong shape are faults; a key with nothing below it counts as left out', () => {
  expect(
    faultsOf({ version: 1, track: 'pass', identify: { parameters: [] }, presets: 'ecommerce' }).map(({ path }) => path),
  ).toEqual(['track', 'presets', 'identify.parameters']);
  expect(faultsOf({ version: 1, track: { events: null }, identify: null, dedup: null, presets: null, constants: null })).toEqual(
    [],
  );
});

test('a trait cannot be both excluded and renamed', () => {
  expect(faultsOf({ version: 1, identify: { parameters: { exclude: ['a'], rename: { a: 'b' } } } })).toEqual([
    { path: 'identify.parameters.rename.a', message: 'the trait is excluded too; name it in one of the two places' },
  ]);
});

test('a file cannot reach for prototypes', () => {
  expect(faultsOf(JSON.parse('{"version":1,"__proto__":{"track":{}},"constructor":1}')).map(({ path }) => path)).toEqual([
    '__proto__',
    'constructor',
  ]);
});

describe('the version', () => {
  const versionOf = (config: unknown, labels?: string) => compileMapping(config, labels === undefined ? {} : { labels }).version;

  test('is default where nothing is configured', () => {
    expect(versionOf(undefined)).toBe('default');
    expect(versionOf(undefined, '')).toBe('default');
  });

  test('changes with whatever changes the bytes: labels, content, number', () => {
    const versions = [
      versionOf(undefined, 'a'),
      versionOf({ version: 1 }),
      versionOf({ version: 2 }),
      versionOf({ version: 1 }, 'a'),
      versionOf({ version: 1 }, 'b'),
      versionOf({ version: 1, track: { default: 'drop' } }),
      versionOf({ version: 1, presets: ['ecommerce'] }),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    expect(versions[0]).toMatch(/^default\.[0-9a-f]{8}$/);
    expect(versions[2]).toMatch(/^2\.[0-9a-f]{8}$/);
  });

  test('does not change with the order of keys in the file', () => {
    const constants = { a: 1, b: { c: 2, d: 3 } };
    expect(versionOf({ version: 1, constants, dedup: { x: 'y' } })).toBe(
      versionOf({ dedup: { x: 'y' }, constants: { b: { d: 3, c: 2 }, a: 1 }, version: 1 }),
    );
  });

  test('a file without a number counts as its first version', () => {
    expect(versionOf({ track: { default: 'drop' } })).toMatch(/^1\.[0-9a-f]{8}$/);
  });
});
