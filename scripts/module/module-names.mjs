/** Words that cannot name a module: the compiler emits some for decorators, and SQL reserves others. */
const reserved = new Set('object function array string number boolean symbol promise references values'.split(' '));

const form = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const longest = 30;

/**
 * Returns every form of the name of a module, given its plural in kebab-case: `invoice-lines`.
 *
 * @throws NameRefused
 */
export function moduleNames(plural = '', singular = singularOf(plural)) {
  for (const name of [plural, singular]) {
    if (!form.test(name) || name.length > longest) {
      throw new NameRefused(
        `"${name}" is not a valid name. Write at most ${longest} lower-case letters, digits and single hyphens, a letter first, such as invoices or invoice-lines.`,
      );
    }
    if (reserved.has(name)) throw new NameRefused(`"${name}" is a reserved word. Choose another name.`);
  }
  if (singular === plural) {
    throw new NameRefused(`The singular of "${plural}" is unknown. Add it, as in --singular person.`);
  }
  const [many, one] = [camelCase(plural), camelCase(singular)];
  return {
    plural,
    singular,
    many,
    one,
    Many: capitalized(many),
    One: capitalized(one),
    /** The form of SQL. */
    table: plural.replaceAll('-', '_'),
    /** The form of a sentence. */
    words: plural.replaceAll('-', ' '),
    word: singular.replaceAll('-', ' '),
  };
}

/** The name is not usable. The message contains the fix. */
export class NameRefused extends Error {}

/** Returns `invoice` for `invoices`, by the rules of most words, and a word without the ending of a plural unchanged. */
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
