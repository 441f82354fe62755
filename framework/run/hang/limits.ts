/**
 * When a loop is called a hang. All in retired instructions and virtual time, so that the verdict is a pure function of the
 * guest. A loop must pass twice with the same registers, the same values written and the same values read.
 */
export const HANG_LIMITS = {
  /** How far apart the places are at which the detector samples where the guest is. */
  sampleInstructions: 250_000,
  /** Samples in a row that must lie in the same few pages before a loop is looked for. */
  samples: 8,
  /** Instructions stepped through while looking for a repetition: few at first (most that stay in a place count something), then all. */
  firstSteps: 64,
  steps: 600,
  /** After looking in vain: this many instructions until the next look, doubled each time up to the maximum. */
  backoffInstructions: 4_000_000,
  backoffMax: 64_000_000,
  /** A loop that polls a port or device register which always answers the same, while timers may still fire. */
  pollNs: 2e9,
  pollInstructions: 2_000_000,
  /** The same, when the loop also reads memory that an interrupt handler could change. */
  watchedPollNs: 20e9,
  watchedPollInstructions: 50_000_000,
  /** The same, when no timer is armed at all. */
  quietPollInstructions: 1_000_000,
  /** A loop that waits, with interrupts off, for memory that only a bus master could still change. */
  memoryPollNs: 100e6,
  memoryPollInstructions: 1_000_000,
  /** The same exception at the same instruction with the same registers, in a row. */
  faults: 50_000,
  /** Share of the instructions in the window that the loop must account for. */
  share: 0.9,
  /** Sleep from tick to tick with nothing new done: three times the longest that a firmware is known to wait (a minute). */
  idleNs: 180e9,
  /** Idle seconds in the same place before a wait is followed event by event. */
  idlePauses: 3,
  /** What a run's end tells of a wait that was not yet so long. */
  idleToldNs: 5e9,
  /** Instructions for each nanosecond, and in all, that ticks may spend on their handlers. */
  idleBusyShare: 0.05,
  idleBusyMin: 200_000,
  /** A guest that runs for so long without an idle second in between does not wait. */
  idleGapInstructions: 50_000_000,
} as const;
