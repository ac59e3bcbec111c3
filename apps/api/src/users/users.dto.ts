import { z } from 'zod';
import { notAnObject, plainText, uuid } from '../http/validation/fields.js';

export const userId = uuid;

const name = plainText(200);

/** 254: the longest path SMTP carries (RFC 5321 §4.5.3.1.3), without its angle brackets. */
export const email = z
  .string({ error: 'Must be text.' })
  .trim()
  .max(254, { error: 'Must have at most 254 characters.', abort: true })
  .check(z.email({ error: 'Must be an e-mail address.' }));

/**
 * An address as it tells users apart: A to Z in lower case, as in the unique index, which knows no other letters. Any text will
 * do: who got an address by other rules, such as an import, must still be found under it, and leave it.
 */
export const emailKey = z.string().overwrite((text) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()));

/** All of a user that a client decides: the body of POST and of PUT. */
export const userDetails = z.strictObject({ name, email }, { error: notAnObject }).meta({ id: 'UserDetails' });
export type UserDetails = z.output<typeof userDetails>;

/**
 * A merge patch (RFC 7396) of those details: an absent member stays as it is.
 * `null` would remove one; none can be removed, so it is refused like any other value that is not text.
 */
export const userChange = z
  .strictObject({ name: name.optional(), email: email.optional() }, { error: notAnObject })
  .meta({ id: 'UserChange' });
export type UserChange = z.output<typeof userChange>;
