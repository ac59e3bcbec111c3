/** What stands for a name in code: the parts of compiled decorators, and what SQL reserves. */
const reserved = new Set('object function array string number boolean symbol promise references values'.split(' '));

const form = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const longest = 30;

/**
 * Every form of the name of a module, from its plural in kebab-case: `invoice-lines`.
 *
 * @throws NameRefused
 */
export function moduleNames(plural = '', singular = singularOf(plural)) {
  for (const name of [plural, singular]) {
    if (!form.test(name) || name.length > longest) {
      throw new NameRefused(
        `"${name}" is no name for a module: write small letters, digits and single hyphens, a letter first, ${longest} characters at most, such as invoices or invoice-lines.`,
      );
    }
    if (reserved.has(name)) throw new NameRefused(`"${name}" means something else already: take another name.`);
  }
  if (singular === plural) {
    throw new NameRefused(`"${plural}" is no plural that ends in s: say what one of them is, as in --singular person.`);
  }
  const [many, one] = [camelCase(plural), camelCase(singular)];
  return {
    plural,
    singular,
    many,
    one,
    Many: capitalized(many),
    One: capitalized(one),
    /** As SQL writes it. */
    table: plural.replaceAll('-', '_'),
    /** As a sentence says it. */
    words: plural.replaceAll('-', ' '),
    word: singular.replaceAll('-', ' '),
  };
}

/** The name cannot be used; the message says what to do. */
export class NameRefused extends Error {}

/** `invoices` → `invoice`, by the rules that hold for most words. What has no plural's end comes back as it is. */
export function singularOf(plural) {
  if (/[^aeiou]ies$/.test(plural)) return plural.replace(/ies$/, 'y');
  if (/(ss|sh|ch|x|tus|nus)es$/.test(plural)) return plural.slice(0, -2);
  return /[^s]s$/.test(plural) ? plural.slice(0, -1) : plural;
}

function camelCase(name) {
  return name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
}

function capitalized(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
