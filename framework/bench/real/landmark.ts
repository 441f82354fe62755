import { toRegExp, type TextMatch } from '../../quantities/text-match';
import type { MilestoneSpec } from '../../spec/types';

export type TextSource = 'serial' | 'debug-console' | 'screen';

/** A text of the guest that a peer shows too: both clocks stop there. */
export interface Landmark {
  /** The milestone's index in the spec. */
  readonly index: number;
  readonly source: TextSource;
  readonly text: RegExp;
}

const SOURCES: readonly string[] = ['serial', 'debug-console', 'screen'] satisfies TextSource[];

/** What a milestone looks for on COM1, the debug console or the screen; undefined for any other. */
export function landmarkOf({ key, params }: MilestoneSpec, index: number): Landmark | undefined {
  const { text, uart = 'com1' } = params as { readonly text?: TextMatch; readonly uart?: string };
  if (!SOURCES.includes(key) || text === undefined || uart !== 'com1') return undefined;
  return { index, source: key as TextSource, text: toRegExp(text) };
}

/** The last of a spec's texts. */
export function lastLandmark(milestones: readonly MilestoneSpec[]): Landmark | undefined {
  return milestones.map(landmarkOf).findLast((landmark) => landmark !== undefined);
}
