/** What the host calls in core.wasm (core/entry.ts; its other exports are the interpreter's). gfn and gpa are plain numbers. */
export interface CoreExports extends WebAssembly.Exports {
  start(): void;
  selectSlot(from: number, to: number): void;
  resetSlot(isBsp: number, activity: number): void;
  loaded(rflags: number): void;
  stateSaved(vcpu: number): void;
  requestStop(): void;
  recheckEvents(): void;
  shorten(count: number): number;
  setA20(open: number): void;
  setWatchCount(count: number): void;
  deliverFault(): void;
  abandon(): void;
  notRetired(): number;
  translate(linear: bigint): number;
  pageForRead(gfn: number): number;
  pageForCpu(gfn: number): number;
  pageForWrite(gfn: number, offset: number, length: number, evenRom: boolean): number;
  frameForRead(frame: number): number;
  frameForWrite(frame: number, offset: number, length: number): number;
  populate(gfn: number, count: number): void;
  unmap(gfn: number, count: number): void;
  allocateFrame(): number;
  mapFrame(gfn: number, frame: number, isRom: boolean): number;
  movePage(from: number, to: number): void;
  kindAt(gfn: number): number;
  frameAt(gfn: number): number;
  setSmmOnly(gfn: number, count: number, on: boolean): void;
  setWatchFlags(gfn: number, flags: number): void;
  watchesChanged(): void;
  mapSlotsUsed(): number;
  nextDirty(limit: number): number;
  dirtyTaken(): void;
  beginRestoreAll(): void;
  beginRestore(highest: number): void;
  reviveFrame(frame: number, pinned: boolean): void;
  endRestore(): void;
  restoreMapRun(gfn: number, count: number): void;
  restoreMapFrame(gfn: number, frame: number, isRom: boolean): void;
}

export interface InterpreterExports extends WebAssembly.Exports {
  run(): void;
}
