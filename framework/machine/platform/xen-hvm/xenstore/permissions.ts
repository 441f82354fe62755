/**
 * Node permissions of xenstore: the owner's entry says what everybody else may, further entries say what single
 * domains may. The owner and dom0 may do everything (docs/misc/xenstore.txt; oxenstored's perms.ml).
 */
import { XenstoreError } from './error';

export type Access = 'n' | 'r' | 'w' | 'b';

interface Entry {
  readonly access: Access;
  readonly domain: number;
}

/** First the owner with the access of all others, then the exceptions. */
export type Permissions = readonly [Entry, ...Entry[]];

const DOM0 = 0;

function parsePermission(text: string): Entry {
  const access = text.charAt(0);
  const isKnown = access === 'n' || access === 'r' || access === 'w' || access === 'b';
  if (!isKnown || !/^\d{1,5}$/.test(text.slice(1))) throw new XenstoreError('EINVAL');
  return { access, domain: Number(text.slice(1)) };
}

/** Entries as text, `n0` `r1` …. @throws XenstoreError EINVAL */
export function parsePermissions(texts: readonly string[]): Permissions {
  const [owner, ...others] = texts.map(parsePermission);
  if (owner === undefined) throw new XenstoreError('EINVAL');
  return [owner, ...others];
}

export function permissionTexts(permissions: Permissions): string[] {
  return permissions.map(({ access, domain }) => `${access}${String(domain)}`);
}

export function ownerOf(permissions: Permissions): number {
  return permissions[0].domain;
}

export function isOwner(domain: number, permissions: Permissions): boolean {
  return domain === DOM0 || domain === ownerOf(permissions);
}

export function may(domain: number, request: 'r' | 'w', permissions: Permissions): boolean {
  if (isOwner(domain, permissions)) return true;
  const [everybody, ...exceptions] = permissions;
  const access = exceptions.find((entry) => entry.domain === domain)?.access ?? everybody.access;
  return access === 'b' || access === request;
}
