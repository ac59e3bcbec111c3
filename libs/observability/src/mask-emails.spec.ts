import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskEmails } from './mask-emails.js';

describe(maskEmails, () => {
  it.each([
    ['GET /users/ada@example.com', 'GET /users/[email]'],
    ['/users/ada%40example.com/orders', '/users/[email]/orders'],
    ['/users/%6Aane.doe%2540example.com', '/users/[email]'],
    ['/users/ada%252540mail.example.com/orders', '/users/[email]/orders'],
    ['/users/ada%40example%2Ecom', '/users/[email]'],
    ['/users/ada%2540mail%252eexample%252Ecom', '/users/[email]'],
    ['Key (email)=(ada.lovelace+x@mail.example.co.uk) exists', 'Key (email)=([email]) exists'],
    ['{"to":"ADA@EXAMPLE.COM","n":1}', '{"to":"[email]","n":1}'],
    ['/users/ada@m%C3%BCnchen.de', '/users/[email]'],
    ['/users/ada%40xn--mnchen-3ya.xn--p1ai/orders', '/users/[email]/orders'],
    ['no user ada@münchen.рф', 'no user [email]'],
    ['no user ñ@example.com', 'no user [email]'],
    ['no user müller@example.com', 'no user [email]'],
    ['no user 用户@例子.公司', 'no user [email]'],
    ['no user 用户@例子。公司', 'no user [email]'],
    ['no user ada@example.भारत', 'no user [email]'],
    ['no user ada@mu\u0308nchen.de', 'no user [email]'],
    ['no user mu\u0308ller@example.com', 'no user [email]'],
    ['no user ada@ex١.com', 'no user [email]'],
    [String.raw`{"msg":"no user\nada@example.com"}`, String.raw`{"msg":"no user\n[email]"}`],
    [String.raw`{"msg":"\u0007ada@example.com"}`, String.raw`{"msg":"\u0007[email]"}`],
    [String.raw`{"msg":"home\\ada@example.com"}`, String.raw`{"msg":"home\\[email]"}`],
    ['a@b.io, c@d.io', '[email], [email]'],
  ])('turns %s into %s', (line, masked) => {
    expect(maskEmails(line)).toBe(masked);
  });

  it.each(['at node_modules/@nestjs/core/router.js:1:2', 'pino@10.4.0', 'redis://127.0.0.1:6379', 'no address at all'])(
    'does not change %s',
    (line) => {
      expect(maskEmails(line)).toBe(line);
    },
  );

  it('masks every address without a slash', () => {
    fc.assert(
      fc.property(
        fc.emailAddress().filter((address) => !address.includes('/')),
        (address) => {
          expect(maskEmails(`{"msg":"hello ${address}"}`)).not.toContain(address);
        },
      ),
    );
  });

  it('keeps the line valid JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.emailAddress())), (values) => {
        expect(() => JSON.parse(maskEmails(JSON.stringify(values)))).not.toThrow();
      }),
    );
  });

  it('takes linear time in the length of the line', () => {
    // The time of this thread: other programs may have the processor meanwhile.
    const { user: started } = process.threadCpuUsage();
    maskEmails(`${'a'.repeat(200_000)}@`);
    maskEmails('a@'.repeat(100_000));
    maskEmails(`${'ñ\u0308'.repeat(30_000)}@`);
    maskEmails(`x@${'भा'.repeat(30_000)}`);
    maskEmails(`x@${'a.'.repeat(100_000)}`);
    maskEmails(`x@${'%2e'.repeat(10_000)}`);
    maskEmails(`x@${'a%252e'.repeat(10_000)}`);
    expect((process.threadCpuUsage().user - started) / 1_000).toBeLessThan(2_000);
  });
});
