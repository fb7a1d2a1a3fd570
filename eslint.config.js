// The rules every file of this repository keeps; docs/patterns.md has the reasons and examples.
import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Key bytes are lent only inside `key.use(bytes => ...)`, and only these folders may borrow them. */
const foldersThatMayUseKeyBytes = ['src/lib/formats/**', 'src/lib/indexes/**', 'src/lib/keys/**'];

/** One condition for size limits everywhere: blank lines and comments do not count. */
const codeLinesOnly = { skipBlankLines: true, skipComments: true };

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'fixtures/', 'node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    rules: {
      'no-undef': 'off', // the compiler checks names, also in JavaScript
      'max-lines': ['error', { max: 300, ...codeLinesOnly }],
      'max-lines-per-function': ['error', { max: 60, ...codeLinesOnly }],
      'max-params': ['error', { max: 3 }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
    },
  },
  {
    ignores: [...foldersThatMayUseKeyBytes, 'test/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='use']",
          message: 'key bytes are lent only to src/lib/formats, src/lib/indexes and src/lib/keys',
        },
      ],
    },
  },
  {
    // JavaScript says its types in JSDoc casts, which the compiler checks and these rules cannot see.
    files: ['**/*.js'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
  {
    files: ['test/**'],
    rules: { 'max-lines-per-function': 'off' },
  },
);
