import { z } from 'zod';
import { notAnObject, plainText, uuid } from '../http/validation/fields.js';

export const userId = uuid;

const name = plainText(200);

/** At most 254 characters, the longest path of SMTP without its angle brackets, 64 of them before the "@" (RFC 5321 §4.5.3.1). */
export const email = z
  .string({ error: 'Must be text.' })
  .trim()
  .max(254, { error: 'Must have at most 254 characters.', abort: true })
  .check(
    z.email({ error: 'Must be an e-mail address.' }),
    z.regex(/^(?![^@]{65})/, 'Must have at most 64 characters before the "@".'),
  );

/**
 * The canonical form of an address: A to Z in lower case, as in the unique index, which changes no other letters. It accepts any
 * text, because an import may store addresses that the API itself would refuse.
 */
export const emailKey = z.string().overwrite((text) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()));

/** The body of POST and of PUT: every member of a user that a client decides. */
export const createUserSchema = z
  .strictObject({ name, email }, { error: notAnObject })
  .meta({ id: 'CreateUser', examples: [{ name: 'Ada Lovelace', email: 'ada@example.org' }] });
export type CreateUser = z.output<typeof createUserSchema>;

/**
 * The body of PATCH, a merge patch (RFC 7396): an absent member stays as it is.
 * `null` would remove a member, so the schema refuses it for every member that a user must have.
 */
export const updateUserSchema = z
  .strictObject({ name: name.optional(), email: email.optional() }, { error: notAnObject })
  .meta({ id: 'UpdateUser', examples: [{ name: 'Ada King' }] });
export type UpdateUser = z.output<typeof updateUserSchema>;
