import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import { readdirSync } from 'node:fs'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

const features = readdirSync(new URL('./src/features', import.meta.url))

// A feature may use lib/, never another feature; only lib/api may touch the generated bindings.
const generated = { group: ['**/wailsjs/**'], message: 'Only lib/api imports the generated bindings.' }
const walls = features.map((feature) => ({
  files: [`src/features/${feature}/**`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          generated,
          {
            regex: `(^|/)(${features.filter((f) => f !== feature).join('|')})/`,
            message: 'Features never import each other.',
          },
        ],
      },
    ],
  },
}))

export default ts.config(
  { ignores: ['dist/', 'wailsjs/', 'node_modules/', 'test-results/', 'playwright-report/'] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    rules: {
      'no-undef': 'off', // the compiler knows better
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // The types of components are svelte-check's business; to this linter they are any.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/lib/api/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [generated] }] },
  },
  ...walls,
  { files: ['**/*.js'], ...ts.configs.disableTypeChecked },
)
