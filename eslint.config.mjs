import tseslint from 'typescript-eslint';

const hostState = ['Date', 'performance', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'globalThis', 'fetch'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'framework/machine/core/**', 'reports/**', '**/*.mjs', '**/*.cjs', '**/*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/prefer-literal-enum-member': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  {
    files: ['framework/machine/**/*.ts'],
    ignores: ['**/*.test.ts', 'framework/machine/translate/build.ts', 'framework/machine/core-host/wasm-files.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...hostState.map((name) => ({ name, message: 'The machine has no host state: use the virtual clock (framework/machine/clock).' })),
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'The machine has no randomness.' }],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', 'fs', 'os', 'crypto'], message: 'The machine reads no host state; inject it.' }] },
      ],
    },
  },
  { files: ['jest.config.ts'], rules: { 'no-restricted-exports': 'off' } },
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/no-unsafe-assignment': 'off' } },
);
