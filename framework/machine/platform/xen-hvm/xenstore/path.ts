/** Paths of xenstore: absolute `/a/b`, relative to the domain's home, or special `@name` (docs/misc/xenstore.txt). */
import { XenstoreError } from './error';

/** oxenstored's quota-path-max; for paths under /local/domain/N only what follows counts. */
const MAX_PATH_BYTES = 1024;
const NAME = /^[A-Za-z0-9_@-]+$/;

export type Path = readonly string[];

export function homeOf(domain: number): string {
  return `/local/domain/${String(domain)}/`;
}

/** Names from the root down. @throws XenstoreError EINVAL */
export function parsePath(text: string): Path {
  if (text.startsWith('@')) return [text];
  if (text === '/') return [];
  const [first, ...names] = text.split('/');
  if (first !== '' || names.length === 0 || !names.every((name) => NAME.test(name))) throw new XenstoreError('EINVAL');
  return names;
}

/** The absolute text of a path that a domain gave. @throws XenstoreError EINVAL */
export function absolutePath(text: string, domain: number): string {
  if (text === '') throw new XenstoreError('EINVAL');
  const absolute = text.startsWith('/') || text.startsWith('@') ? text : homeOf(domain) + text;
  const counted = absolute.replace(/^\/local\/domain\/\d+\//, '');
  if (counted.length > MAX_PATH_BYTES) throw new XenstoreError('EINVAL');
  return absolute;
}

export function resolvePath(text: string, domain: number): Path {
  return parsePath(absolutePath(text, domain));
}

export function pathText(path: Path): string {
  return path[0]?.startsWith('@') === true ? path[0] : `/${path.join('/')}`;
}
