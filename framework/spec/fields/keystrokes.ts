import { closest } from '../../diagnostics/did-you-mean';
import { quote } from '../../quantities/integer';
import type { KeyName, KeyStroke } from '../../quantities/keys';
import { bad, good, type Parsed } from '../../quantities/parsed';
import type { FieldType } from './field';

const MAX_TEXT = 1000;
const SHIFT = 'ShiftLeft';

/** A keyboard with the US layout: what is printed on the keys beside letters and digits, without and with Shift. */
const PLAIN: Readonly<Record<string, KeyName>> = {
  ' ': 'Space',
  '\n': 'Enter',
  '\t': 'Tab',
  '`': 'Backquote',
  '-': 'Minus',
  '=': 'Equal',
  '[': 'BracketLeft',
  ']': 'BracketRight',
  '\\': 'Backslash',
  ';': 'Semicolon',
  "'": 'Quote',
  ',': 'Comma',
  '.': 'Period',
  '/': 'Slash',
};
const SHIFTED: Readonly<Record<string, KeyName>> = {
  '~': 'Backquote',
  _: 'Minus',
  '+': 'Equal',
  '{': 'BracketLeft',
  '}': 'BracketRight',
  '|': 'Backslash',
  ':': 'Semicolon',
  '"': 'Quote',
  '<': 'Comma',
  '>': 'Period',
  '?': 'Slash',
};
const ABOVE_DIGITS = ')!@#$%^&*(';

const MODIFIERS: Readonly<Record<string, KeyName>> = { ctrl: 'ControlLeft', alt: 'AltLeft', shift: SHIFT, win: 'MetaLeft' };
const NAMED: Readonly<Record<string, KeyName>> = {
  enter: 'Enter',
  esc: 'Escape',
  tab: 'Tab',
  space: 'Space',
  backspace: 'Backspace',
  up: 'ArrowUp',
  down: 'ArrowDown',
  left: 'ArrowLeft',
  right: 'ArrowRight',
  home: 'Home',
  end: 'End',
  'page-up': 'PageUp',
  'page-down': 'PageDown',
  insert: 'Insert',
  delete: 'Delete',
  minus: 'Minus',
  print: 'PrintScreen',
  pause: 'Pause',
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index + 1}`, `F${index + 1}` as KeyName])),
};

function character(char: string): KeyStroke | undefined {
  if (/^[a-z]$/.test(char)) return [`Key${char.toUpperCase()}` as KeyName];
  if (/^[A-Z]$/.test(char)) return [SHIFT, `Key${char}` as KeyName];
  if (/^[0-9]$/.test(char)) return [`Digit${char}` as KeyName];
  const digit = ABOVE_DIGITS.indexOf(char);
  if (digit >= 0) return [SHIFT, `Digit${digit}` as KeyName];
  const plain = PLAIN[char];
  if (plain) return [plain];
  const shifted = SHIFTED[char];
  return shifted && [SHIFT, shifted];
}

/** `enter`, `ctrl-c`, `ctrl-alt-delete`, `lt`: what stands between `<` and `>`. */
function named(text: string): Parsed<KeyStroke> {
  const modifiers: KeyName[] = [];
  let rest = text.toLowerCase();
  for (let found = modifierOf(rest); found !== undefined; found = modifierOf(rest)) {
    modifiers.push(MODIFIERS[found]!);
    rest = rest.slice(found.length + 1);
  }
  if (rest === 'lt') return good([...modifiers, ...character('<')!]);
  const key = Object.hasOwn(NAMED, rest) ? NAMED[rest]! : undefined;
  const keys = key ? [key] : rest.length === 1 ? character(rest) : undefined;
  if (keys) return good([...modifiers, ...keys]);
  const near = closest(rest, Object.keys(NAMED));
  return bad(
    `there is no key <${text.slice(0, 40)}>`,
    near
      ? `did you mean <${near}>?`
      : `keys: ${Object.keys(NAMED).join(', ')}, with ctrl-, alt-, shift-, win- before; <lt> is the character <`,
  );
}

function modifierOf(text: string): string | undefined {
  return Object.keys(MODIFIERS).find((name) => text.startsWith(`${name}-`) && text.length > name.length + 1);
}

/** Characters of the US layout; a key without one is written by its name: `<enter>`, `<f12>`, `<ctrl-c>`. */
export const KEYSTROKES: FieldType<readonly KeyStroke[]> = {
  expected: 'what to type, with keys by name: linux<enter>, <f12>, <ctrl-alt-delete>',
  examples: ['<down><enter>', 'linux single<enter>', '<f12>'],
  schema: { type: ['string', 'number'], minLength: 1, maxLength: MAX_TEXT },
  parse: (text) => {
    if (text.length > MAX_TEXT) return bad(`longer than ${MAX_TEXT} characters`);
    const strokes: KeyStroke[] = [];
    for (const [token] of text.matchAll(/<[^<>]*>|[\s\S]/gu)) {
      const isName = token.length > 1 && token.startsWith('<');
      const parsed = isName ? named(token.slice(1, -1)) : typed(token);
      if (!parsed.ok) return parsed;
      strokes.push(parsed.value);
    }
    return strokes.length > 0 ? good(strokes) : bad('there is nothing to type');
  },
};

function typed(char: string): Parsed<KeyStroke> {
  if (char === '<') return bad('a key begins with < and does not end', 'write <enter>; the character < is <lt>');
  const keys = character(char);
  return keys ? good(keys) : bad(`a US keyboard has no key for ${quote(char)}`, 'type it as the guest would have it typed');
}
