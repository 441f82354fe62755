import type { RunResult } from '../../run/result';
import type { ReportContext } from '../context';
import { escapeXml } from '../xml';
import { reportBlocks } from './blocks';
import { STYLE } from './style';
import { timelineSvg } from './timeline';

/** The page of one run: self-contained but for the picture of the screen and the artefacts that it links to. */
export function runPage(result: RunResult, context: ReportContext): string {
  const names = context.artefacts?.names ?? [];
  const links = names.map((name) => `<a href="${escapeXml(encodeURI(name))}">${escapeXml(name)}</a>`).join(' ');
  const sections = reportBlocks(result, context).map(({ title, text }) => {
    const picture = title === 'Screen' && names.includes('screen.png') ? '<img src="screen.png" alt="screen">' : '';
    const body = picture === '' ? `<pre>${escapeXml(text)}</pre>` : picture;
    return `<section><h2>${escapeXml(title)}</h2>${title.startsWith('Boot timeline') ? timelineSvg(result) : ''}${body}</section>`;
  });
  return page(
    result.name,
    [
      `<h1><span class="${escapeXml(result.outcome)}">${escapeXml(result.outcome)}</span> ${escapeXml(result.name)}</h1>`,
      ...sections,
      links === '' ? '' : `<section><h2>Files</h2><p>${links}</p></section>`,
    ].join('\n'),
  );
}

/** A document with our style. `title` is text, `body` HTML. */
export function page(title: string, body: string): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escapeXml(title)}</title><style>${STYLE}</style></head><body>`,
    body,
    '</body></html>',
    '',
  ].join('\n');
}
