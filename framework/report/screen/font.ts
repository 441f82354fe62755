/** Rows of a glyph; each is five pixels wide. */
const GLYPH_ROWS = 8;
export const GLYPH_COLUMNS = 5;

const FIRST = 0x20;

/** Our own 5x8 letters for U+0020..U+007E: eight base-32 digits a glyph, a digit a row from the top, bit 4 leftmost. */
const GLYPHS = [
  '0000000044444040aaa00000aavavaa04fge1u40pp248jj0cik8lid044800000248884208422248004lel400044v440000000c48000v000000000cc011248gg0',
  'ehjlphe04c4444e0eh1248v0eh161he026aiv220vgu11he0egguhhe0v1224440ehhehhe0ehhf11e00cc0cc000cc0c4801248421000v0v000g84248g0eh164040',
  'ehnlngf04ahhvhh0uhhuhhu0ehggghe0uhhhhhu0vgguggv0vgguggg0ehgnhhf0hhhvhhh0e44444e072222ic0hikokih0ggggggv0hrllhhh0hppljjh0ehhhhhe0',
  'uhhuggg0ehhhlid0uhhukih0fgge11u0v4444440hhhhhhe0hhhhaa40hhhllrh0hha4ahh0hha44440v1248gv0e88888e0gg842110e22222e04ah000000000000v',
  '8400000000e1fhf0gguhhhu000fgggf011fhhhf000ehvge068u8888000fhhf1egguhhhh040c444e0206222icggikoki0c44444e000qllll000uhhhh000ehhhe0',
  '00uhhugg00fhhf1100moggg000fge1u088u8886000hhhhf000hhaa4000hhlla000ha4ah000hhhf1e00v248v03448443044444440o44244o0008l2000',
].join('');

/** A hollow box, for what the font does not have. */
const UNKNOWN = 'vhhhhhv0';

/** The rows of a character, five bits each, bit 4 leftmost. */
export function glyph(char: string): readonly number[] {
  const at = (char.codePointAt(0)! - FIRST) * GLYPH_ROWS;
  const digits = at >= 0 && at < GLYPHS.length ? GLYPHS.slice(at, at + GLYPH_ROWS) : UNKNOWN;
  return Array.from(digits, (digit) => parseInt(digit, 32));
}
