/** From IP to a block: limit and canonical checks, the fetch translation (execute rights), the cache, or the decoder. */
import { BLOCK_LENGTH } from '../layout/blocks';
import {
  CODE_KEY,
  CPL,
  DR,
  MODE_CODE32,
  MODE_CODE64,
  MODE_LONG,
  MODE_PROTECTED,
  MODE_VM86,
  SEG_BASE,
  SEG_CS,
  SEG_LIMIT,
} from '../layout/cpu-state';
import { JUMP_BLOCK, JUMP_CACHE, JUMP_ENTRIES, JUMP_IP, JUMP_KEY } from '../layout/jump-cache';
import { FETCH_BUFFER, WATCH_COUNT, WATCH_RANGES } from '../layout/run-state';
import { mmioRead } from '../host';
import { VECTOR_GP, ip, is64, isLong, mode } from '../state';
import { raisePage } from '../memory/access';
import { isCanonical } from '../segments/canonical';
import { mapEntry } from '../memory/map';
import { entryHost } from '../memory/physical';
import { tlbGeneration } from '../memory/generation';
import { ACCESS_EXECUTE, walk, walkGpa } from '../memory/walk';
import { raiseCode } from '../interrupts/raise';
import { KEY_WATCHED, findBlock, newBlock, transientBlock } from './cache';

const KEY_MODE: u32 = MODE_CODE32 | MODE_CODE64 | MODE_PROTECTED | MODE_VM86 | MODE_LONG;

/** Fetch translations: 64 entries of u64 page | user, u32 generation, u32 host page. */
const FETCH_CACHE: u32 = 0x3000;
const FETCH_ENTRIES: u32 = 64;

let fetchGpa: u64 = 0;

/** Host address of a code byte, or 0 when it is not in memory (then fetchGpa says where). Raises #PF. */
function fetchHost(linear: u64): u32 {
  const user: u64 = load<u32>(CPL) == 3 ? 1 : 0;
  const tag = (linear & ~(<u64>0xfff)) | user;
  const slot = FETCH_CACHE + (((<u32>(linear >> 12)) & (FETCH_ENTRIES - 1)) << 4);
  if (load<u64>(slot) == tag && load<u32>(slot, 8) == tlbGeneration()) return load<u32>(slot, 12) + ((<u32>linear) & 0xfff);
  const error = walk(linear, ACCESS_EXECUTE, user != 0, true);
  if (error >= 0) raisePage(linear, error);
  fetchGpa = walkGpa;
  const host = entryHost(mapEntry(walkGpa >> 12));
  if (host == 0) return 0;
  store<u64>(slot, tag);
  store<u32>(slot, tlbGeneration(), 8);
  store<u32>(slot, host, 12);
  return host + ((<u32>linear) & 0xfff);
}

/** Whether a block at `linear` might reach a watched address or an execution breakpoint. */
function mayBeWatched(linear: u64): bool {
  const last = linear | 0xfff;
  const count = load<u32>(WATCH_COUNT);
  for (let index: u32 = 0; index < count; index++) {
    const range = <u32>WATCH_RANGES + (index << 4);
    if (load<u64>(range) <= last && linear <= load<u64>(range, 8)) return true;
  }
  const dr7 = load<u32>(DR + 7 * 8);
  if (!(dr7 & 0xff)) return false;
  for (let index: u32 = 0; index < 4; index++) {
    if (!(dr7 & (3 << (index << 1))) || dr7 & (0xf << (16 + (index << 2)))) continue;
    const address = load<u64>(DR + (index << 3));
    if (linear <= address && address <= last) return true;
  }
  return false;
}

/** An instruction that no contiguous memory holds: fetched byte by byte as far as needed. `inLimit`: bytes up to the limit. */
function fetchTransient(linear: u64, inLimit: u64, key: u32): u32 {
  const wrap: u64 = is64() ? ~(<u64>0) : 0xffffffff;
  let have: u32 = 0;
  while (true) {
    if (<u64>have == inLimit) raiseCode(VECTOR_GP, 0);
    const at = (linear + have) & wrap;
    const host = fetchHost(at);
    store<u8>(FETCH_BUFFER + have, host == 0 ? <u8>mmioRead(<f64>fetchGpa, 1) : load<u8>(host));
    have++;
    const block = transientBlock(FETCH_BUFFER, have, key);
    if (block > 0) return <u32>block;
    if (block == -2 || have == 15) raiseCode(VECTOR_GP, 0);
  }
}

function enterJumpCache(address: u64, block: u32): void {
  const slot = <u32>JUMP_CACHE + (((<u32>(address ^ (address >> 12))) & (JUMP_ENTRIES - 1)) << 4);
  store<u64>(slot, address, JUMP_IP);
  store<u32>(slot, load<u32>(CODE_KEY), JUMP_KEY);
  store<u32>(slot, block, JUMP_BLOCK);
}

/** The block at IP that the jump cache knows, or 0. It may be stale. */
export function cachedBlock(): u32 {
  const address = ip();
  const slot = <u32>JUMP_CACHE + (((<u32>(address ^ (address >> 12))) & (JUMP_ENTRIES - 1)) << 4);
  const known = load<u64>(slot, JUMP_IP) == address && load<u32>(slot, JUMP_KEY) == load<u32>(CODE_KEY);
  return known ? load<u32>(slot, JUMP_BLOCK) : 0;
}

/** The block at IP. CURRENT_OP is 0: a fault here belongs to the instruction at IP. */
export function blockAtIp(): u32 {
  const address = ip();
  let linear = address;
  let inLimit: u64 = ~(<u64>0);
  if (is64()) {
    if (!isCanonical(address)) raiseCode(VECTOR_GP, 0);
  } else {
    const limit = <u64>load<u32>(SEG_CS, SEG_LIMIT);
    if (address > limit) raiseCode(VECTOR_GP, 0);
    inLimit = limit + 1 - address;
    linear = (load<u64>(SEG_CS, SEG_BASE) + address) & 0xffffffff;
  }
  let key = mode() & KEY_MODE;
  if (mayBeWatched(linear)) key |= KEY_WATCHED;
  const host = fetchHost(linear);
  if (host == 0) return fetchTransient(linear, inLimit, key);
  let block = findBlock(host, key);
  if (block == 0) {
    const inPage = 4096 - (host & 0xfff);
    const made = newBlock(host, <u64>inPage < inLimit ? inPage : <u32>inLimit, key);
    if (made == -2) raiseCode(VECTOR_GP, 0);
    if (made < 0) return fetchTransient(linear, inLimit, key);
    block = <u32>made;
  } else if (<u64>load<u32>(block, BLOCK_LENGTH) > inLimit) return fetchTransient(linear, inLimit, key);
  enterJumpCache(address, block);
  return block;
}

/** For near transfers: raises #GP(0) for a target that the next fetch could not use, before anything is committed. */
export function checkTarget(target: i64): void {
  if (is64() ? !isCanonical(<u64>target) : <u64>target > <u64>load<u32>(SEG_CS, SEG_LIMIT)) raiseCode(VECTOR_GP, 0);
}

/** Linear address of an offset in CS. */
export function codeLinear(offset: u64): u64 {
  return isLong() && is64() ? offset : (load<u64>(SEG_CS, SEG_BASE) + offset) & 0xffffffff;
}
