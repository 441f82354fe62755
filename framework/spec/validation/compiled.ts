/** Whether a value fits a schema. */
export type Fits = (value: unknown) => boolean;

/** A validator for each declared schema. None here: in the bundle stands what the build makes (framework/plan/build-validators.ts). */
export const compiled: Readonly<Record<string, Fits>> = {};
