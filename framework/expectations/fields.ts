import { closest } from '../diagnostics/did-you-mean';
import { hex } from '../quantities/hex';
import { formatTextMatch, toRegExp } from '../quantities/text-match';
import { findField } from '../inspect/fields';
import type { Field } from '../inspect/fields';
import { inRange, rangeText } from '../milestones/conditions';
import type { ExpectedField, FieldCondition } from '../spec/types';
import type { Difference, EndState } from './expectation';

/** Compares decoded fields with what a spec says of them. `where` names the table in the failure. */
export function checkFields(where: string, wanted: readonly ExpectedField[], fields: readonly Field[], state: EndState): Difference[] {
  return wanted.flatMap(({ path, condition, span }) => {
    const field = findField(fields, path);
    const what = `${where} ${path}`;
    if (field === undefined) {
      const near = closest(
        path,
        fields.map(({ name }) => name),
      );
      return [
        { what, expected: conditionText(condition), actual: `no such field${near === undefined ? '' : `; did you mean ${near}?`}`, span },
      ];
    }
    return holds(condition, field, state) ? [] : [{ what, expected: conditionText(condition), actual: field.text, span }];
  });
}

function holds(condition: FieldCondition, field: Field, state: EndState): boolean {
  switch (condition.kind) {
    case 'number':
      return typeof field.value === 'string' ? field.value === String(condition.value.first) : inRange(condition.value, field.value);
    case 'text': {
      if (!condition.exact) return toRegExp(condition.match).test(field.text);
      const wanted = condition.match.kind === 'substring' ? condition.match.text : condition.match.source;
      return wanted === field.text || wanted === String(field.value);
    }
    case 'inside':
      return typeof field.value !== 'string' && inRange(condition.range, field.value);
    case 'inside-e820': {
      const { value } = field;
      if (typeof value === 'string') return false;
      return (state.e820()?.entries ?? []).some(({ first, last, type }) => type === condition.type && value >= first && value <= last);
    }
  }
}

function conditionText(condition: FieldCondition): string {
  switch (condition.kind) {
    case 'number':
      return condition.value.first === condition.value.last ? numberText(condition.value.first) : rangeText(condition.value);
    case 'text':
      return formatTextMatch(condition.match);
    case 'inside':
      return `inside ${rangeText(condition.range)}`;
    case 'inside-e820':
      return `inside an e820 range of type ${condition.type}`;
  }
}

function numberText(value: bigint): string {
  return value < 10n ? String(value) : `${hex(value)} (${value})`;
}
