/** The look of our own pages: readable on a wide and on a narrow screen, light and dark. */
export const STYLE = `
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px auto; max-width: 1100px; padding: 0 16px }
h1 { font-size: 22px } h2 { font-size: 16px; margin: 24px 0 6px }
pre { font: 12.5px/1.4 ui-monospace, Consolas, monospace; overflow: auto; max-height: 640px; padding: 10px 12px; margin: 0;
  border: 1px solid #8884; border-radius: 6px; background: #8881 }
svg, img { max-width: 100%; height: auto; border: 1px solid #8884; border-radius: 6px; margin-bottom: 8px }
h1 span, td span { font-size: 14px; padding: 2px 8px; border-radius: 10px; color: #fff; background: #cf222e; vertical-align: 2px }
span.passed { background: #1a7f37 } span.skipped { background: #6e7781 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: 6px 10px; border-bottom: 1px solid #8884 }
th, td.number { white-space: nowrap } td.number { text-align: right; font-variant-numeric: tabular-nums }
#failure pre { max-height: none; white-space: pre-wrap; border-color: #cf222e }
nav { font-size: 13px }
a { margin-right: 8px }
`;
