import { gzipSync } from 'node:zlib';
import { unpackGzip, unpackKernel } from './unpack';

const ELF = Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 2, 3);

test('a gzipped kernel is what it was before', () => expect([...(unpackGzip(gzipSync(ELF)) as Uint8Array)]).toEqual([...ELF]));

test('what is not gzipped, or is cut off, is refused with words', () => {
  expect(unpackGzip(ELF)).toMatchObject({ code: 'image-bad' });
  expect(unpackGzip(gzipSync(ELF).subarray(0, 12))).toMatchObject({ code: 'image-bad' });
  expect(unpackKernel(gzipSync(ELF))).toMatchObject({
    code: 'image-bad',
    what: 'no kernel can be unpacked: the file is too short for a bzImage',
  });
});
