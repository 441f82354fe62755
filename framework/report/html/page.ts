import type { RunResult } from '../../run/result';
import type { ReportContext } from '../context';
import { visible } from '../failure/consoles';
import { escapeXml } from '../xml';
import { reportBlocks } from './blocks';
import { STYLE } from './style';
import { timelineSvg } from './timeline';

/** The page of one run: self-contained but for the picture of the screen and the artefacts that it links to. */
export function runPage(result: RunResult, context: ReportContext): string {
  const names = context.artefacts?.names ?? [];
  const links = names.map((name) => `<a href="${escapeXml(encodeURI(name))}">${escapeXml(name)}</a>`).join(' ');
  const blocks = reportBlocks(result, context);
  const sections = blocks.map(({ title, text }) => {
    const picture = title === 'Screen' && names.includes('screen.png') ? '<img src="screen.png" alt="screen">' : '';
    const body = picture === '' ? `<pre>${escapeXml(text)}</pre>` : picture;
    return `<section id="${idOf(title)}"><h2>${escapeXml(title)}</h2>${title.startsWith('Boot timeline') ? timelineSvg(result) : ''}${body}</section>`;
  });
  const contents = [...blocks.map(({ title }) => title), ...(links === '' ? [] : ['Files'])];
  return page(
    result.name,
    [
      `<h1><span class="${escapeXml(result.outcome)}">${escapeXml(result.outcome)}</span> ${escapeXml(result.name)}</h1>`,
      `<p>${escapeXml(visible(result.summary))}</p>`,
      `<nav>${contents.map((title) => `<a href="#${idOf(title)}">${escapeXml(title)}</a>`).join(' ')}</nav>`,
      ...sections,
      links === '' ? '' : `<section id="files"><h2>Files</h2><p>${links}</p></section>`,
    ].join('\n'),
  );
}

function idOf(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
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
