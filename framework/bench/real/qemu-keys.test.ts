import { sendKey } from './qemu-keys';

test('keys have the names of the monitor', () => {
  expect((['KeyA', 'Digit7', 'F12', 'ArrowUp', 'Semicolon', 'Period'] as const).map((key) => sendKey([key]))).toEqual(
    ['a', '7', 'f12', 'up', 'semicolon', 'dot'].map((name) => `sendkey ${name}\n`),
  );
  expect(sendKey(['ShiftLeft', 'Equal'])).toBe('sendkey shift-equal\n');
});
