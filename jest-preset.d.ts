declare const preset: {
  testEnvironment: string;
  testMatch: string[];
  moduleFileExtensions: string[];
  transform: { '\\.yaml$': string };
  reporters: (string | [string, Record<string, unknown>])[];
};
export = preset;
