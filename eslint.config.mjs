import js from '@eslint/js';
import ts from 'typescript-eslint';

/** The pure core: no IO, no clock, no random, no framework. See docs/architecture.md, "Dependency rules". */
const PURE = ['libs/segment', 'libs/mapping', 'libs/delivery'];

const ioModules = {
  group: ['node:*', '!node:crypto', '@nestjs/*', 'undici', 'pino', 'prom-client', 'fastify', '@fastify/*'],
  message: 'A pure library has no IO, clock, random or framework: decide here, act at the edge.',
};
const deepImports = {
  group: ['**/libs/*/src/**', '#*/*'],
  message: "A library is reached through its '#name' import only, never through its files.",
};
const appImports = { group: ['**/apps/**'], message: 'Dependencies point inwards: a library or tool never imports an app.' };

const kafkaClient = {
  regex: '^kafkajs(/|$)',
  message: "Which client of Kafka this is, libs/event-log/src/kafkajs alone knows: use #event-log's LogClient.",
};

/** Which '#' libraries a room may import; whatever is not listed is forbidden. */
const mayImport = {
  'libs/segment': [],
  // Of #delivery the types only: what an evaluation is, that core decides.
  'libs/mapping': ['#segment', '#delivery'],
  'libs/delivery': ['#segment'],
  'libs/event-log': ['#segment', '#delivery'],
  'libs/extole': ['#delivery', '#mapping'],
  'libs/config': ['#segment', '#mapping'],
  'libs/operations': ['#segment', '#mapping', '#delivery', '#event-log', '#config'],
  'libs/same-site': [],
  'libs/observability': ['#same-site'],
  'tools/extole-simulator': ['#same-site'],
};
const libraries = [
  '#segment',
  '#mapping',
  '#delivery',
  '#event-log',
  '#extole',
  '#config',
  '#operations',
  '#observability',
  '#same-site',
];

/** @param patterns of imports that are forbidden in this place of the room beside those of the whole room */
function dependencyRules(room, place = `${room}/**/*.ts`, patterns = [kafkaClient]) {
  const forbidden = libraries.filter((name) => !mayImport[room].includes(name));
  return {
    files: [place],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...(PURE.includes(room) ? [ioModules] : []),
            ...patterns,
            deepImports,
            appImports,
            { group: forbidden, message: `${room} may import only: ${mayImport[room].join(', ') || 'nothing of ours'}.` },
          ],
        },
      ],
      ...(PURE.includes(room)
        ? {
            'no-restricted-globals': [
              'error',
              'setTimeout',
              'setInterval',
              'setImmediate',
              'fetch',
              'process',
              'console',
              'performance',
            ],
            'no-restricted-properties': [
              'error',
              { object: 'Date', property: 'now', message: 'Time is an argument in a pure library.' },
              { object: 'Math', property: 'random', message: 'Randomness is an argument in a pure library.' },
            ],
            'no-restricted-syntax': [
              'error',
              {
                selector: "NewExpression[callee.name='Date'][arguments.length=0]",
                message: 'Time is an argument in a pure library.',
              },
            ],
          }
        : {}),
    },
  };
}

/** On top of the recommended rules with types. */
const STRICT_TYPES = {
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
};

export default ts.config(
  { ignores: ['dist/**', 'node_modules/**', '.cache/**', '.data/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...STRICT_TYPES,
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/require-await': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Configuration enters once, through #config.' },
      ],
    },
  },
  ...Object.keys(mayImport).map((room) => dependencyRules(room)),
  dependencyRules('libs/event-log', 'libs/event-log/src/kafkajs/**/*.ts', []),
  {
    files: ['apps/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [kafkaClient] }] },
  },
  {
    // Of the apps that have a router: what it has matched, and not what somebody has written, says what a request may do.
    files: ['apps/{console,ingest}/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**', 'apps/console/src/live/live.service.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          "MemberExpression[property.name=/^(url|originalUrl)$/]:not([object.property.name='routeOptions']):not([object.type='MetaProperty'])",
          'MemberExpression[computed=true][property.value=/^(url|originalUrl)$/]',
          'ObjectPattern > Property[key.name=/^(url|originalUrl)$/]',
        ].map((selector) => ({
          selector,
          message: 'An address can be spelled in many ways (%61pi, http://x/api): ask request.routeOptions what has matched.',
        })),
      ],
    },
  },
  {
    // The console's page runs in the browser: of the rest it may know the API's types.
    files: ['apps/console/web/**/*.{ts,tsx}'],
    extends: [ts.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './apps/console/web/tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...STRICT_TYPES,
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['#*', 'node:*', '@nestjs/*'], message: 'The page runs in the browser.' },
            { regex: '/src/(?!api/index\\.ts$)', message: "Of the server the page knows '../src/api/index.ts' only." },
          ],
        },
      ],
    },
  },
  {
    // The generic parts of the page know nothing of the rest: any page could take them.
    files: ['apps/console/web/ui/**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!\\./|preact($|/)|uplot$)', message: 'web/ui/ imports its neighbours, preact and uplot only.' },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.spec.{ts,tsx}', 'test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
