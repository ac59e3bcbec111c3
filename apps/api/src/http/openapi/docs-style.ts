import { createHash } from 'node:crypto';

/** All of it, in the page itself: nothing is loaded. */
export const docsStyle = `
:root { color-scheme: light dark; --edge: light-dark(#d0d7de, #3d444d); --faint: light-dark(#59636e, #9198a1); --shade: light-dark(#f6f8fa, #151b23); }
body { margin: 0 auto; padding: 1rem 1.25rem 4rem; max-width: 60rem; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #f0f6fc); }
a { color: light-dark(#0969da, #4493f8); }
:focus-visible { outline: 2px solid light-dark(#0969da, #4493f8); outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: 0; list-style: none; }
h2 { margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--edge); }
h3, h4 { margin: 1rem 0 .25rem; font-size: 1rem; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
summary { padding: .4rem .75rem; cursor: pointer; }
summary b { display: inline-block; min-width: 4.5rem; font: bold .8rem ui-monospace, monospace; }
details, section > dl { margin: .5rem 0; border: 1px solid var(--edge); border-radius: .4rem; }
details[open] > summary { border-bottom: 1px solid var(--edge); background: var(--shade); }
details > div { padding: 0 .75rem .75rem; }
small, .faint { color: var(--faint); }
ul.members { margin: .25rem 0; padding-left: 1.25rem; }
section > dl { padding: .5rem .75rem; }
dt { margin-top: .5rem; } dd { margin: 0 0 0 1.25rem; }
:target { background: var(--shade); }
`;

/** Only this style, by its hash; no script, no picture, no frame, no form. */
export const docsPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(docsStyle).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
