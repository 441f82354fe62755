/** Xen's error numbers (public/errno.h); hypercalls return them negated. */
export const EPERM = 1;
export const ENOENT = 2;
export const ESRCH = 3;
export const ENXIO = 6;
export const E2BIG = 7;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
export const EBUSY = 16;
export const EEXIST = 17;
export const EXDEV = 18;
export const ENODEV = 19;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EDOM = 33;
export const ERANGE = 34;
export const ENOSYS = 38;
export const EILSEQ = 84;
export const EOVERFLOW = 75;
export const EOPNOTSUPP = 95;
export const ENOBUFS = 105;

/** Thrown by a hypercall's guts to end it with `-errno`. */
export class XenError extends Error {
  override readonly name = 'XenError';
  constructor(readonly errno: number) {
    super(`errno ${String(errno)}`);
  }
}
