/** Process exit codes of `milepost`. Under jest only 0 and 1 exist. */
export const EXIT = {
  passed: 0,
  failed: 1,
  badSpec: 2,
  nothingRan: 3,
  couldNotRun: 4,
  guestCrash: 5,
  hang: 6,
} as const;

interface CodeEntry {
  readonly exit: (typeof EXIT)[keyof typeof EXIT];
  /** What `milepost explain <code>` says: when it comes, and what to do. */
  readonly explain: string;
}

/** Every diagnostic code, with the exit code of its class. */
export const CODES = {
  'not-text': {
    exit: EXIT.badSpec,
    explain: 'The spec is not UTF-8 text: it holds NUL bytes, is UTF-16, or is no text at all. Save it as UTF-8.',
  },
  'too-large': {
    exit: EXIT.badSpec,
    explain: 'A spec may be 256 KiB long and hold 20,000 values; aliases may not multiply it past that. Split it into several specs.',
  },
  'too-deep': {
    exit: EXIT.badSpec,
    explain: 'Lists and maps are nested more than 32 deep. No key of the spec language needs more than six.',
  },
  'yaml-syntax': {
    exit: EXIT.badSpec,
    explain:
      'The text is not well-formed YAML 1.2. Usual causes: tabs as indentation, an unclosed quote or bracket, a colon or # in unquoted text.',
  },
  'duplicate-key': {
    exit: EXIT.badSpec,
    explain: 'The same key stands twice in one map. YAML readers disagree on which one counts, so neither does.',
  },
  'unknown-key': {
    exit: EXIT.badSpec,
    explain: 'No such key. Unknown keys are errors, so that a misspelt condition can never be silently without effect.',
  },
  'missing-key': {
    exit: EXIT.badSpec,
    explain: 'A required key is absent. Every spec needs version, name, guest (or xl), and milestones.',
  },
  'not-supported': {
    exit: EXIT.badSpec,
    explain: 'The key belongs to the spec language but this version of Milepost cannot honour it yet, and will not ignore it.',
  },
  'wrong-type': { exit: EXIT.badSpec, explain: 'A list, a map or a scalar stands where another kind of value belongs.' },
  'unit-missing': {
    exit: EXIT.badSpec,
    explain: 'A bare number stands where a size or a limit belongs. Write 128MiB, 60M instructions, 2.5s: a unit is never guessed.',
  },
  'bad-value': { exit: EXIT.badSpec, explain: 'The value cannot be read as what the key takes, or is out of its range.' },
  'no-milestone': { exit: EXIT.badSpec, explain: 'A spec without milestones would pass whatever the guest did. Say what must happen.' },
  'skip-without-reason': {
    exit: EXIT.badSpec,
    explain: 'A skipped spec says why, and the reason stands in the output: skip: { reason: needs an update of the VGA ROM }.',
  },
  'unknown-name': { exit: EXIT.badSpec, explain: '`from:` names no milestone that stands before it. Name the earlier one with `as:`.' },
  'xl-syntax': {
    exit: EXIT.badSpec,
    explain: 'The xl.cfg cannot be read. Its syntax: name = "text", name = 1, name = [ "a", "b" ], # comment.',
  },
  'xl-unsupported': {
    exit: EXIT.badSpec,
    explain: 'The xl.cfg asks for something that would change what the guest sees and that Milepost does not model.',
  },
  'file-missing': { exit: EXIT.couldNotRun, explain: 'A file that the spec names cannot be read. Paths are relative to the spec.' },
  'image-bad': {
    exit: EXIT.couldNotRun,
    explain: 'A disk image, its recipe, a loader or a kernel cannot be used: empty, not whole sectors, inconsistent, or not of its format.',
  },
  'firmware-unknown': {
    exit: EXIT.badSpec,
    explain: 'No manifest of that name under firmware/. `milepost firmware list` shows the names; a path needs a slash.',
  },
  'firmware-missing': {
    exit: EXIT.couldNotRun,
    explain:
      'The manifest is known, the file is not here. `milepost firmware fetch` gets it from the distribution; `milepost firmware add` takes a file.',
  },
  'firmware-hash': {
    exit: EXIT.couldNotRun,
    explain:
      'A firmware file is not the one its manifest lists. If the distribution has published an update on purpose, record it with `milepost firmware add`.',
  },
  'firmware-fetch': { exit: EXIT.couldNotRun, explain: 'The package could not be downloaded or unpacked. `apt-get update` may help.' },
  usage: { exit: EXIT.badSpec, explain: 'The command line cannot be understood. `milepost help` lists commands and flags.' },
  'nothing-ran': { exit: EXIT.nothingRan, explain: 'No spec was found, or none was left after -t and --tag. That is never a pass.' },
  internal: { exit: EXIT.couldNotRun, explain: 'Milepost itself failed. Please report it with the output and repro.json.' },
  'milestone-missed': {
    exit: EXIT.failed,
    explain: 'The guest ended, or spent its budget, before it reached the milestone. `closest` shows the event that came nearest.',
  },
  'within-exceeded': {
    exit: EXIT.failed,
    explain: 'The milestone was not reached within its own limit, counted from the milestone before or `from:`.',
  },
  'never-happened': { exit: EXIT.failed, explain: 'Something listed under `never` happened.' },
  'expectation-failed': { exit: EXIT.failed, explain: 'The machine’s state after the last milestone is not as `expect` says.' },
  'undeclared-reset': {
    exit: EXIT.guestCrash,
    explain: 'The guest reset or shut down the machine and no milestone declares it. Declare it with `reset` or `shutdown` if it is meant.',
  },
  'guest-crash': {
    exit: EXIT.guestCrash,
    explain: 'The guest triple-faulted or asked the hypervisor for a crash, and no milestone declares it.',
  },
  hang: {
    exit: EXIT.hang,
    explain: 'The guest can never get on: all CPUs halted, the same state repeats, or a loop polls something that cannot change.',
  },
  'budget-exceeded': { exit: EXIT.hang, explain: 'The spec’s budget was spent before the last milestone.' },
} as const satisfies Record<string, CodeEntry>;

export type DiagnosticCode = keyof typeof CODES;
