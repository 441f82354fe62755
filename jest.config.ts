/**
 * @jest-config-loader esbuild-register
 */
import { existsSync } from 'node:fs';
import type { Config } from 'jest';
import preset from './jest-preset.js';

type Project = Exclude<NonNullable<Config['projects']>[number], string>;

/** The framework's own tests, from the TypeScript sources. */
const unit: Project = {
  displayName: 'unit',
  rootDir: __dirname,
  roots: ['<rootDir>/framework'],
  testEnvironment: 'node',
  testMatch: ['<rootDir>/framework/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/framework/machine/core/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  watchPathIgnorePatterns: preset.watchPathIgnorePatterns,
  transform: { '\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json', diagnostics: { ignoreCodes: [151001, 151002] } }] },
};

/** The product's specs, from the build, and what they are made of. */
const specs: Project = {
  displayName: 'specs',
  rootDir: __dirname,
  roots: ['specs', 'disk-images', 'ramdisks', 'firmware'].map((folder) => `<rootDir>/${folder}`),
  testEnvironment: preset.testEnvironment,
  testRunner: preset.testRunner,
  testMatch: ['<rootDir>/specs/**/*.yaml'],
  moduleFileExtensions: preset.moduleFileExtensions,
  dependencyExtractor: preset.dependencyExtractor,
  watchPathIgnorePatterns: preset.watchPathIgnorePatterns,
  transform: { '\\.yaml$': preset.transform['\\.yaml$'] },
};

const isBuilt = existsSync(preset.testEnvironment);
if (!isBuilt) console.error('Specs are left out: `npm run build` first.');

const config: Config = {
  projects: isBuilt ? [unit, specs] : [unit],
  watchman: false,
  reporters: isBuilt ? preset.reporters : ['default'],
};

export default config;
