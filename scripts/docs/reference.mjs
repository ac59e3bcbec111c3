import ts from 'typescript';

/** Returns the properties of an interface with their meanings, those of its bases in the same text first. @throws when a property has no comment. */
export function optionsOf(text, name) {
  const interfaces = ts
    .createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true)
    .statements.filter(ts.isInterfaceDeclaration);
  const found = interfaces.find((each) => each.name.text === name);
  if (!found) throw new Error(`There is no exported interface ${name}`);
  const bases = (found.heritageClauses ?? [])
    .flatMap(({ types }) => types.map(({ expression }) => expression.getText()))
    .filter((base) => interfaces.some((each) => each.name.text === base));
  return [...bases.flatMap((base) => optionsOf(text, base)), ...found.members.map((member) => optionOf(member, name))];
}

function optionOf(member, name) {
  const [comment] = ts.getJSDocCommentsAndTags(member);
  const meaning = prose(ts.getTextOfJSDocComment(comment?.comment));
  if (!meaning) throw new Error(`${name}.${member.name.getText()} has no doc comment: write one`);
  const tag = ts.getJSDocTags(member).find(({ tagName }) => tagName.text === 'default');
  const fallback = prose(ts.getTextOfJSDocComment(tag?.comment));
  return {
    name: member.name.getText(),
    type: ts.isMethodSignature(member)
      ? `(${member.parameters.map((parameter) => parameter.getText()).join(', ')}) => ${member.type.getText()}`
      : member.type.getText().replace(/\s+/g, ' '),
    fallback: fallback ? plainOrCode(fallback) : member.questionToken ? 'none' : 'required',
    meaning,
  };
}

/** Returns the types of the options of the modules in a text: those that `forRoot` takes. */
export function moduleOptions(text) {
  return [...text.matchAll(/static forRoot\([^)]*?: (\w+Options)\b/g)].map(([, name]) => name);
}

/** Returns the members of an exported union of texts with their comments. @throws when a member has no comment. */
export function codesOf(text, name) {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const found = file.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === name,
  );
  if (!found || !ts.isUnionTypeNode(found.type)) throw new Error(`There is no exported union ${name}`);
  return found.type.types.map((member) => {
    const code = member.literal.text;
    const meaning = commentBefore(text, member);
    if (!meaning) throw new Error(`${name} "${code}" has no doc comment: write one`);
    return { code, meaning };
  });
}

/** Returns what the header of a Lua script declares. */
export function scriptOf(text) {
  const lines = text.split('\n').filter((line) => line.startsWith('-- '));
  const after = (label) =>
    lines
      .find((line) => line.startsWith(`-- ${label} `))
      ?.slice(label.length + 3)
      .trim() ?? '';
  return {
    what: lines[0].slice(3),
    keys: asCode(after('KEYS')),
    args: asCode(after('ARGV')),
    returns: after('RETURNS'),
  };
}

/** Returns the comment before the bar of a union's member. The parser assigns that comment to no node. */
function commentBefore(text, member) {
  const [, comment] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*\|\s*$/.exec(text.slice(0, member.getStart())) ?? [];
  return prose(comment?.replace(/^\s*\*/gm, ''));
}

function asCode(names) {
  return names
    .split(/\s+/)
    .filter(Boolean)
    .map((each) => `\`${each}\``)
    .join(' ');
}

function prose(text = '') {
  return text
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}

function plainOrCode(fallback) {
  return /^['\d]|^(true|false)$/.test(fallback) ? `\`${fallback}\`` : fallback;
}
