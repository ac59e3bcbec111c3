import ts from 'typescript';

/** The properties of an exported interface, each with its meaning. @throws when one says nothing. */
export function optionsOf(text, name) {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const found = file.statements.find(
    (statement) => ts.isInterfaceDeclaration(statement) && statement.name.text === name,
  );
  if (!found) throw new Error(`There is no interface ${name}`);
  return found.members.map((member) => {
    const [comment] = ts.getJSDocCommentsAndTags(member);
    const meaning = prose(ts.getTextOfJSDocComment(comment?.comment));
    if (!meaning) throw new Error(`${name}.${member.name.getText()} says nothing`);
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
  });
}

/** The members of an exported union of texts, each with its comment. @throws when one says nothing. */
export function codesOf(text, name) {
  const file = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const found = file.statements.find(
    (statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === name,
  );
  if (!found || !ts.isUnionTypeNode(found.type)) throw new Error(`There is no union ${name}`);
  return found.type.types.map((member) => {
    const code = member.literal.text;
    const meaning = commentBefore(text, member);
    if (!meaning) throw new Error(`${name} "${code}" says nothing`);
    return { code, meaning };
  });
}

/** What the header of a Lua script says. */
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

/** It stands before the bar of a member, which the parser counts to neither. */
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
