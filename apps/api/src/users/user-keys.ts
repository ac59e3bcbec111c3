import { type Expression, type RawBuilder, sql } from 'kysely';

/**
 * What users are sorted and searched by. They are the expressions of the indexes, word for word, and of nothing that depends on
 * the locale of the database: otherwise an index would not be used, or would have another order on another server.
 */
export const byEmail = { ofRow: emailKey(sql.ref('email')), of: (text: string) => emailKey(sql.val(text)) };
export const byName = { ofRow: nameKey(sql.ref('name')), of: (text: string) => nameKey(sql.val(text)) };

function emailKey(text: Expression<unknown>): RawBuilder<string> {
  return sql`lower(${text} collate "C")`;
}

/** In upper case, where letters have one form each: the small sigma has two, and the capital of ß is SS wherever it stands. */
function nameKey(text: Expression<unknown>): RawBuilder<string> {
  return sql`(upper(${text} collate "und-x-icu") collate "C")`;
}
