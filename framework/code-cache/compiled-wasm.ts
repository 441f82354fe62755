import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/**
 * Optimised machine code of a WebAssembly module, out of and into V8. Node has no interface for what browsers do with their own caches;
 * V8's runtime functions are reached by its "natives syntax", switched on for one line only.
 */
type Serialize = (module: WebAssembly.Module) => ArrayBuffer;
type Deserialize = (code: ArrayBuffer, wire: Uint8Array) => WebAssembly.Module | undefined;

/** The function that text in V8's natives syntax stands for; undefined where this JavaScript engine has no such thing. */
function native(text: string): unknown {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return new Script(text).runInThisContext();
  } catch {
    return undefined;
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}

/** What V8 has optimised of a module so far. Ends the process if that is nothing: for a process of its own, such as the build's. */
export function optimisedCode(module: WebAssembly.Module): Uint8Array | undefined {
  const serialize = native('(function (module) { return %SerializeWasmModule(module); })') as Serialize | undefined;
  return serialize && new Uint8Array(serialize(module));
}

/** The module of `wire` with that code; undefined when V8 finds that it is another version's, another processor's or of other flags. */
export function withOptimisedCode(wire: Uint8Array, code: Uint8Array): WebAssembly.Module | undefined {
  const deserialize = native('(function (code, wire) { return %DeserializeWasmModule(code, wire); })') as Deserialize | undefined;
  return deserialize?.(Uint8Array.from(code).buffer, wire);
}
