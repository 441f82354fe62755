/** Where QEMU 7.2's TCG does something else than the manual: a part of the line of reference-cpu-tests, and what the manual says. */
export const TCG_DIFFERENCES: readonly (readonly [line: RegExp, reason: string])[] = [
  [
    /^(read by a null selector|across the limit|write to code|below an expand-down segment):/,
    'TCG does not check limits and types at an access (SDM vol. 3, 5.3 to 5.5)',
  ],
  [/^debug register with DR7\.GD:|^DR6: ffff2ff0/, 'TCG does not have general detection (SDM vol. 3, 17.2.4)'],
  [
    /^(large page with a reserved bit|page with a reserved bit|page above the physical addresses):/,
    'TCG clears P in the error code; RSVD comes with P only (SDM vol. 3, 4.7)',
  ],
  [
    /^(read of one by RBP|PUSH with a non-canonical RSP):/,
    'TCG raises #GP for every non-canonical address; through SS it is #SS (SDM vol. 1, 3.3.7.1)',
  ],
  [
    /^(MSR that is not there|SYSENTER_EIP that is not canonical):/,
    'TCG ignores MSRs that it does not have, and does not check these (SDM vol. 2, RDMSR and WRMSR)',
  ],
  [/^lowest priority, of all/, 'TCG takes the first processor of those addressed (SDM vol. 3, 11.6.2.4)'],
  [/^to all of all clusters:/, 'TCG has no broadcast in the cluster model (SDM vol. 3, 11.6.2.2)'],
  [/^ends of MWAIT:/, 'with several processors TCG lets MWAIT pass at once, which the manual allows (SDM vol. 3, 9.10.4)'],
  [/^MONITOR of a page that is not there:/, 'TCG does not look at the address (SDM vol. 2, MONITOR)'],
  [
    /^(a pointer is not looked up before CR3 is loaded|a pointer with a reserved bit):/,
    'TCG reads the page-directory pointers at each walk, and checks nothing when CR3 is loaded (SDM vol. 3, 4.4.1)',
  ],
];
