// The lint table of the viewer: typed rules, because the bugs that matter here are promises nobody waits for.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist', 'node_modules'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-properties': [
        'error',
        { property: 'innerHTML', message: 'Text goes in by textContent.' },
        { property: 'outerHTML', message: 'Text goes in by textContent.' },
      ],
    },
  },
  {
    files: ['public/**'],
    languageOptions: { globals: { localStorage: 'readonly', matchMedia: 'readonly', document: 'readonly' } },
  },
  {
    // The worker, before the build tells it which files there are.
    files: ['src/worker.js'],
    languageOptions: {
      globals: {
        self: 'readonly', caches: 'readonly', fetch: 'readonly', URL: 'readonly', Request: 'readonly', Response: 'readonly',
        BUILD: 'readonly', FILES: 'readonly',
      },
    },
  },
  {
    files: ['scripts/**', 'stories/**', 'bench/**', '*.config.js'],
    languageOptions: {
      globals: {
        process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly', fetch: 'readonly', setTimeout: 'readonly',
        Intl: 'readonly',
      },
    },
  },
  {
    // What stories and the bench hand to the page runs there.
    files: ['stories/**', 'bench/**'],
    languageOptions: {
      globals: {
        window: 'readonly', document: 'readonly', location: 'readonly', navigator: 'readonly', localStorage: 'readonly',
        performance: 'readonly', getComputedStyle: 'readonly', innerWidth: 'readonly', URLSearchParams: 'readonly', setInterval: 'readonly',
        WebSocket: 'readonly', caches: 'readonly', Image: 'readonly', XMLSerializer: 'readonly', Promise: 'readonly',
      },
    },
  },
  {
    // Pages of their own: film.js stands before each of the others in one of them.
    files: ['stories/fakes/**'],
    languageOptions: {
      sourceType: 'script',
      globals: {
        Film: 'writable', draw: 'writable', document: 'readonly', location: 'readonly', parent: 'readonly', URLSearchParams: 'readonly',
        setInterval: 'readonly', clearTimeout: 'readonly',
      },
    },
    rules: { 'no-unused-vars': ['error', { varsIgnorePattern: '^(Film|draw)$' }], 'no-redeclare': 'off' },
  },
);
