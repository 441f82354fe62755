import { diagnostic, type Diagnostic, type Span } from '../diagnostics/diagnostic';
import type { JsonSchema } from './fields/field';
import { checkSchema } from './validation/check';
import type { MapEntry, Node } from './yaml/tree';

/** Reads a file that a spec refers to (an xl.cfg), by its path relative to the spec. Undefined: it cannot be read. */
export type ReadRelated = (path: string) => { readonly path: string; readonly text: string } | undefined;

/** What the readers of the keys share: where diagnostics go. A reader that reports gives undefined. */
export class ReadContext {
  readonly diagnostics: Diagnostic[] = [];

  constructor(readonly readRelated: ReadRelated) {}

  report(...found: Diagnostic[]): undefined {
    this.diagnostics.push(...found);
    return undefined;
  }

  error(code: Diagnostic['code'], what: string, span: Span, fixme?: string): undefined {
    return this.report(diagnostic(code, what, { span, fixme }));
  }

  /** True when the node fits the schema; otherwise everything wrong with it has been reported. */
  fits(node: Node, schema: JsonSchema, owner: Span = node.span): boolean {
    const found = checkSchema(node, schema, owner);
    this.report(...found);
    return found.length === 0;
  }
}

/** One top-level key of the language: one file in keys/. */
export interface TopLevelKey<T> {
  readonly key: string;
  /** For the reference and for editors. */
  readonly doc: string;
  readonly example: string;
  /** The complete JSON Schema of the value. */
  readonly schema: JsonSchema;
  /** The typed value, or undefined after reporting. */
  read(entry: MapEntry, context: ReadContext): T | undefined;
}
