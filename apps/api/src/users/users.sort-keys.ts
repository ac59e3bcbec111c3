import { type Expression, type RawBuilder, sql } from 'kysely';

/**
 * The keys that users are sorted and searched by. They repeat the expressions of the indexes word for word, and depend on no
 * locale of the database: otherwise PostgreSQL would not use an index, or would sort differently on another server.
 */
export const byEmail = { ofRow: emailKey(sql.ref('email')), of: (text: string) => emailKey(sql.val(text)) };
export const byName = { ofRow: nameKey(sql.ref('name')), of: (text: string) => nameKey(sql.val(text)) };

function emailKey(text: Expression<unknown>): RawBuilder<string> {
  return sql`lower(${text} collate "C")`;
}

/**
 * Returns the upper case of the lower case of a name. There each letter has one form: ß, ẞ and ss are SS, and the prefix of a text is
 * the prefix of its key, which the two small sigmas prevent in lower case. Imported names may be decomposed, so both sides are composed.
 */
function nameKey(text: Expression<unknown>): RawBuilder<string> {
  return sql`(upper(lower(normalize(${text}) collate "und-x-icu")) collate "C")`;
}
