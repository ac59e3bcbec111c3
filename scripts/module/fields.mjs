import { fieldTypes } from './field-types.mjs';
import { NameRefused } from './module-names.mjs';

const form = /^[a-z][a-z0-9]*$/;
const longest = 30;

/** Members and columns that every module has. */
const taken = new Set(['id', 'version']);

/** Words that JavaScript, the generated code or PostgreSQL reserves. A field is a variable and a column. */
const reserved = new Set(
  `z uuid sql
  await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements
  import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var
  void while with yield arguments eval undefined
  all analyse analyze and any array as asc asymmetric both cast check collate column constraint create desc distinct end except fetch
  foreign from grant group having initially intersect into is join lateral leading left like limit localtime localtimestamp natural not
  offset on only or order outer placing primary references returning right select similar some symmetric table then to trailing union
  unique user using variadic verbose when where window`.split(/\s+/),
);

/**
 * Returns the fields of arguments such as `amount:int` and `note:string?`, each with the description of its type. A `?` makes a field
 * optional.
 *
 * @throws NameRefused
 */
export function fieldsOf(texts) {
  const fields = texts.map(fieldOf);
  const twice = fields.find(({ name }, at) => fields.findIndex((each) => each.name === name) !== at);
  if (twice) throw new NameRefused(`The field "${twice.name}" is there twice. Give each field a name of its own.`);
  return fields;
}

function fieldOf(text) {
  const [, name, type, mark] = /^([^:]*):([^:?]*)(\??)$/.exec(text) ?? [];
  if (name === undefined) {
    throw new NameRefused(
      `"${text}" is not a field. Write a name, a colon and a type, such as amount:int or note:string?.`,
    );
  }
  if (!form.test(name) || name.length > longest) {
    throw new NameRefused(
      `"${name}" is not a valid name of a field. Write one word of at most ${longest} lower-case letters and digits, a letter first: it names the member of the JSON and the column.`,
    );
  }
  if (taken.has(name)) throw new NameRefused(`Every module has "${name}". Choose another name for the field.`);
  if (reserved.has(name)) throw new NameRefused(`"${name}" is a reserved word. Choose another name for the field.`);
  if (!Object.hasOwn(fieldTypes, type)) {
    throw new NameRefused(`"${type}" is not a type of a field. Write one of ${Object.keys(fieldTypes).join(', ')}.`);
  }
  return { name, type, optional: mark === '?', ...fieldTypes[type] };
}

/** Returns the members of a field in the files of a module, as code. */
export function membersOf({ name, optional, row, nullableRow = `${row} | null`, schema, column, toJson }) {
  return {
    resource: `${name}: ${schema}${optional ? '.optional()' : ''}`,
    // A request without the member removes it: PUT replaces the whole resource.
    create: optional ? `${name}: ${name}.nullable().default(null)` : name,
    // RFC 7396: null removes a member.
    update: `${name}: ${name}${optional ? '.nullable()' : ''}.optional()`,
    row: `${name}: ${optional ? nullableRow : row}`,
    column: `${name} ${column}${optional ? '' : ' not null'}`,
    json: jsonOf(name, optional, toJson?.(name)),
  };
}

/** JSON has no member for a column without a value. */
function jsonOf(name, optional, converted) {
  const member = converted === undefined ? name : `${name}: ${converted}`;
  return optional ? `...(${name} !== null && { ${member} })` : member;
}
