/** Xen's error numbers (public/errno.h); hypercalls return them negated. */
export const EPERM = 1;
export const ENOENT = 2;
export const ESRCH = 3;
export const ENXIO = 6;
export const EACCES = 13;
export const EFAULT = 14;
export const EEXIST = 17;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EDOM = 33;
export const ENOSYS = 38;
export const EILSEQ = 84;
export const EOVERFLOW = 75;
export const EOPNOTSUPP = 95;

/** Thrown by a hypercall's guts to end it with `-errno`. */
export class XenError extends Error {
  override readonly name = 'XenError';
  constructor(readonly errno: number) {
    super(`errno ${String(errno)}`);
  }
}
