/** Which folder may import which (ARCHITECTURE.md). Everything not listed is an error. */
const arrows = {
  quantities: [],
  'code-cache': [],
  diagnostics: ['quantities'],
  spec: ['quantities', 'diagnostics'],
  plan: ['quantities', 'diagnostics', 'spec'],
  trace: ['quantities'],
  inspect: ['quantities'],
  'machine/isa': ['quantities', 'machine/core/layout'],
  'machine/translate': ['quantities', 'machine/isa', 'machine/core/layout'],
  'machine/core-host': ['quantities', 'code-cache', 'machine/translate', 'machine/isa', 'machine/core/layout'],
  'machine/clock': ['quantities'],
  'machine/bus': ['quantities', 'trace', 'machine/clock', 'machine/core-host/types'],
  'machine/devices': ['quantities', 'trace', 'machine/clock', 'machine/bus'],
  'machine/loaders': ['quantities', 'machine/bus', 'machine/core-host'],
  'machine/platform': [
    'quantities',
    'trace',
    'machine/clock',
    'machine/bus',
    'machine/devices',
    'machine/core-host',
    'machine/core/layout',
    'machine/loaders',
    'machine/types',
  ],
  'machine/types': ['quantities', 'machine/bus', 'machine/clock', 'machine/core-host', 'machine/loaders'],
  'machine/create-machine': ['machine/platform', 'machine/types', 'trace'],
  conformance: ['quantities', 'machine/isa', 'machine/core-host', 'machine/platform/cpu-model', 'machine/core/layout'],
  milestones: ['quantities', 'diagnostics', 'spec', 'trace', 'inspect', 'machine/types', 'machine/core-host/types'],
  expectations: ['quantities', 'diagnostics', 'spec', 'trace', 'inspect', 'machine/types', 'machine/core-host/types', 'milestones'],
  run: ['quantities', 'diagnostics', 'spec', 'plan', 'trace', 'inspect', 'milestones', 'expectations', 'machine'],
  report: ['quantities', 'diagnostics', 'spec', 'plan', 'trace', 'inspect', 'run'],
  bundle: ['code-cache', 'machine/core-host/wasm-files', 'run', 'cli', 'jest'],
  jest: ['bundle', 'quantities', 'diagnostics', 'spec', 'plan', 'trace', 'run', 'report'],
  cli: ['bundle', 'quantities', 'diagnostics', 'spec', 'plan', 'trace', 'run', 'report'],
};

const rule = (from, to) => ({
  name: `${from} imports only what ARCHITECTURE.md allows`,
  severity: 'error',
  from: { path: `^framework/${from}(/|\\.ts$)`, pathNot: '\\.test\\.ts$|/test/' },
  to: { path: '^framework/', pathNot: [from, ...to].map((name) => `^framework/${name}(/|\\.ts$)`) },
});

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([from, to]) => rule(from, to)),
    {
      name: 'a device never imports another device',
      severity: 'error',
      from: { path: '^framework/machine/devices/([^/]+)', pathNot: '\\.test\\.ts$' },
      to: { path: '^framework/machine/devices/', pathNot: '^framework/machine/devices/$1' },
    },
    {
      name: 'the core imports nothing outside itself',
      severity: 'error',
      from: { path: '^framework/machine/core/' },
      to: { pathNot: '^framework/machine/core/' },
    },
    {
      name: 'only jest/ imports jest',
      severity: 'error',
      from: { path: '^framework/', pathNot: ['^framework/jest/', '\\.test\\.ts$'] },
      to: { path: 'node_modules/(@jest|jest)' },
    },
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.d\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
