declare const preset: {
  testEnvironment: string;
  testRunner: string;
  testMatch: string[];
  moduleFileExtensions: string[];
  dependencyExtractor: string;
  watchPathIgnorePatterns: string[];
  transform: { '\\.yaml$': string };
  reporters: (string | [string, Record<string, unknown>])[];
};
export = preset;
