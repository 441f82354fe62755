/** Counts changes of the address space: jump and fetch caches hold for one generation. */
let generation: u32 = 1;

export function tlbGeneration(): u32 {
  return generation;
}

export function nextGeneration(): void {
  generation++;
}
