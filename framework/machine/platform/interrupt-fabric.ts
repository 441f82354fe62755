/** Who asserts INTR (through MachineBase.setInterrupt) and answers INTA for a vCPU. */
export interface InterruptFabric {
  /** INTA cycle of `vcpu`: the vector and who gave it. */
  acknowledge(vcpu: number): { readonly vector: number; readonly source: 'pic' | 'lapic' };
  /** The guest wrote a vCPU's time stamp counter. */
  tscChanged(vcpu: number): void;
}
