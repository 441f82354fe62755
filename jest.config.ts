/**
 * @jest-config-loader ts-node
 * @jest-config-loader-options {"transpileOnly": true, "compilerOptions": {"module": "CommonJS", "moduleResolution": "node10"}}
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from 'jest';

type Project = Exclude<NonNullable<Config['projects']>[number], string>;

const transform = join(__dirname, 'dist', 'framework', 'jest', 'transform.js');

/** The framework's own tests, from the TypeScript sources. */
const unit: Project = {
  displayName: 'unit',
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/framework/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/framework/machine/core/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: {
    '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json', diagnostics: { ignoreCodes: [151001, 151002] } }],
  },
};

/** The product's specs, from the build. */
const specs: Project = {
  displayName: 'specs',
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/specs/**/*.yaml'],
  moduleFileExtensions: ['js', 'json', 'yaml'],
  transform: { '\\.yaml$': transform },
};

const config: Config = {
  projects: existsSync(transform) ? [unit, specs] : [unit],
};

export default config;
