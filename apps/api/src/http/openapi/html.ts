/** Text that is HTML already. Whatever else is put into a page is escaped. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | false | undefined | readonly Part[];

/** HTML with values in it: escaped, unless they are `Html`; nothing for `false` and `undefined`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = String.raw({ raw: strings }, ...parts.map(textOf));
  // The indentation is that of the source, for those who read it there.
  return new Html(text.replaceAll(/\n\s*/g, '\n'));
}

/** Paragraphs, with code between backticks. */
export function prose(text: string): Html {
  const paragraphs = escaped(text).split(/\n{2,}/);
  return new Html(paragraphs.map((each) => `<p>${each.replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`).join('\n'));
}

function textOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (part === undefined || part === false) return '';
  return isList(part) ? part.map(textOf).join('') : escaped(String(part));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}
