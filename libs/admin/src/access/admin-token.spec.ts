import { describe, expect, it } from 'vitest';
import { AdminTokens, generateAdminToken, parseAdminTokens } from './admin-token.js';

const secret = 'yD4sJmC2kQ8vZp1LrT6w';
const other = 'Hq7bXn3sVf9uKe5aWc2g';

describe(parseAdminTokens, () => {
  it('returns the name, the scopes and the secret of each token', () => {
    expect(parseAdminTokens(`ops:read+invalidate:${secret}, grafana:read:${other}==`)).toEqual([
      { name: 'ops', scopes: ['read', 'invalidate'], secret },
      { name: 'grafana', scopes: ['read'], secret: `${other}==` },
    ]);
  });

  it('returns no token for an empty text, as of a variable that is not set', () => {
    expect(parseAdminTokens('')).toEqual([]);
  });

  it.each([
    ['a secret of 19 characters', `ops:read:${secret.slice(1)}`, 'shorter than 20 characters'],
    ['a secret with a space', `ops:read:${secret} x`, 'has others than'],
    ['an unknown scope', `ops:read+write:${secret}`, 'a scope other than read, values, invalidate'],
    ['no scope', `ops::${secret}`, 'a scope other than'],
    ['no name', `:read:${secret}`, 'has a name that is not'],
    ['a comma at the end', `ops:read:${secret},`, 'Admin token 2 has a name'],
    ['one name twice', `ops:read:${secret},ops:read:${other}`, 'the same name'],
    ['one secret twice', `ops:read:${secret},b:read:${secret}`, 'the same secret'],
  ])('throws for %s, without the secret in the message', (_, text, message) => {
    const parse = () => parseAdminTokens(text);
    expect(parse).toThrow(expect.objectContaining({ code: 'ADMIN_TOKENS_INVALID' }));
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(secret.slice(1));
  });
});

describe(AdminTokens, () => {
  it('finds a token by its whole secret only', () => {
    const [token] = parseAdminTokens(`ops:read:${secret}`);
    const tokens = new AdminTokens(token ? [token] : []);
    expect(tokens.find(secret)).toBe(token);
    for (const guess of ['', secret.slice(0, -1), `${secret}w`, secret.toLowerCase()]) {
      expect(tokens.find(guess)).toBeUndefined();
    }
  });
});

describe(generateAdminToken, () => {
  it('returns another secret each time, which parses', () => {
    const [first, second] = [generateAdminToken('a'), generateAdminToken('b')];
    expect(first.secret).not.toBe(second.secret);
    expect(parseAdminTokens(`a:${first.scopes.join('+')}:${first.secret}`)).toEqual([first]);
  });
});
