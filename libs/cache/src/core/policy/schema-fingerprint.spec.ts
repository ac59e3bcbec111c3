import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { schemaFingerprint } from './schema-fingerprint.js';

const user = z.strictObject({ id: z.uuid(), title: z.string().max(9), roles: z.array(z.enum(['a', 'b'])) });
const fingerprint = schemaFingerprint(user);

describe(schemaFingerprint, () => {
  it('returns 8 hex digits', () => {
    expect(fingerprint).toMatch(/^[0-9a-f]{8}$/);
  });

  it.each([
    ['a required member is added', user.extend({ phone: z.string() })],
    ['an optional member is added', user.extend({ phone: z.string().optional() })],
    ['a member is removed', user.omit({ title: true })],
    ['a member becomes optional', user.partial({ title: true })],
    ['a member has another type', user.extend({ title: z.int() })],
    ['a member has another limit', user.extend({ title: z.string().max(10) })],
    ['a member may be null', user.extend({ title: z.string().max(9).nullable() })],
    ['an inner value is added', user.extend({ roles: z.array(z.enum(['a', 'b', 'c'])) })],
    ['other members are accepted', z.looseObject(user.shape)],
    ['a revision is added', user.meta({ 'x-revision': 2 })],
    ['a revision of a member is added', user.extend({ title: z.string().max(9).meta({ 'x-revision': 2 }) })],
    ['it is the schema of a list', z.array(user)],
  ])('changes when %s', (_what, changed) => {
    expect(schemaFingerprint(changed)).toMatch(/^[0-9a-f]{8}$/);
    expect(schemaFingerprint(changed)).not.toBe(fingerprint);
  });

  it.each([
    ['it is read-only', user.readonly()],
    ['it is described', user.meta({ title: 'User', description: 'A user.', examples: [{}], deprecated: true })],
    ['a member is described', user.extend({ title: z.string().max(9).describe('The title.') })],
    [
      'its members have another order',
      z.strictObject({ roles: user.shape.roles, title: user.shape.title, id: user.shape.id }),
    ],
  ])('stays when %s', (_what, same) => {
    expect(schemaFingerprint(same)).toBe(fingerprint);
  });

  it('distinguishes schemas with types that JSON Schema lacks', () => {
    const stored = z.strictObject({ at: z.date() });
    expect(schemaFingerprint(stored)).toMatch(/^[0-9a-f]{8}$/);
    expect(schemaFingerprint(stored)).not.toBe(schemaFingerprint(z.strictObject({ at: z.date(), n: z.bigint() })));
  });

  it('returns undefined without a form in JSON Schema', () => {
    const validate = (value: unknown) => ({ value });
    expect(schemaFingerprint({ '~standard': { validate } })).toBeUndefined();
    const output = () => {
      throw new Error('cannot be represented');
    };
    expect(schemaFingerprint({ '~standard': { validate, jsonSchema: { output } } })).toBeUndefined();
  });
});
