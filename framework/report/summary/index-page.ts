import { page } from '../html/page';
import { compact, duration } from '../numbers';
import { escapeXml } from '../xml';
import { isGood, type SpecEntry } from './spec-entry';

/** The list of all runs. `hrefOf` gives the relative link to a run's own page; undefined when it left none. */
export function indexPage(entries: readonly SpecEntry[], hrefOf: (entry: SpecEntry) => string | undefined): string {
  // What failed is what a reader looks for.
  const sorted = [...entries].sort((a, b) => Number(isGood(a.outcome)) - Number(isGood(b.outcome)));
  const lines = sorted.map((row) => {
    const href = hrefOf(row);
    const name = href === undefined ? escapeXml(row.name) : `<a href="${escapeXml(encodeURI(href))}">${escapeXml(row.name)}</a>`;
    const met = row.milestones.filter(({ status }) => status === 'met').length;
    const numbers = [`${met}/${row.milestones.length}`, compact(row.instructions), duration(row.atNs), duration(row.wallMs * 1e6)];
    const said = row.outcome === 'passed' ? '' : `<br><small>${escapeXml(row.summary)}</small>`;
    const outcome = `<span class="${escapeXml(row.outcome)}">${escapeXml(row.outcome)}</span>`;
    return `<tr><td>${outcome}</td><td>${name}${said}</td>${numbers.map((number) => `<td class="number">${number}</td>`).join('')}</tr>`;
  });
  const passed = entries.filter((row) => row.outcome === 'passed').length;
  const head = '<tr><th>outcome</th><th>spec</th><th>milestones</th><th>instructions</th><th>virtual time</th><th>host time</th></tr>';
  return page('Boots', `<h1>${passed} of ${entries.length} boots passed</h1><table>${head}${lines.join('\n')}</table>`);
}
