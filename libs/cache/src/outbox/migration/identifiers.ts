/** Returns an identifier as PostgreSQL reads it unchanged. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Returns a table with its schema, if it has one, as PostgreSQL reads them unchanged. */
export function quotedTable(table: string): string {
  return table.split('.').map(quoted).join('.');
}

/** Returns a text as a literal of SQL. No backslash has a meaning in it, whatever `standard_conforming_strings` is. */
export function literal(text: string): string {
  const escaped = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`;
}
