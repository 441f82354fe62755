/** An error as xenstore reports it, by name (xs_wire.h and oxenstored's EQUOTA). */
export type XenstoreErrorName = 'EINVAL' | 'EACCES' | 'EEXIST' | 'ENOENT' | 'ENOSYS' | 'EAGAIN' | 'EBUSY' | 'EQUOTA' | 'E2BIG' | 'EIO';

export class XenstoreError extends Error {
  override readonly name = 'XenstoreError';
  constructor(readonly errno: XenstoreErrorName) {
    super(errno);
  }
}
