import { createHmac, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { z } from 'zod';

export const JWT_SECRET = Symbol('JWT_SECRET');

export class Account {
  constructor(readonly id: string) {}
}

const header = z.object({ alg: z.literal('HS256') });
const claims = z.object({ sub: z.string().min(1), exp: z.number() });

/** Requires a token with HMAC-SHA-256, and sets `request.user`. */
@Injectable()
export class JwtGuard implements CanActivate {
  constructor(@Inject(JWT_SECRET) private readonly secret: string) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest();
    const [scheme, token = ''] = String(request.headers.authorization).split(' ');
    if (scheme !== 'Bearer') throw new UnauthorizedException('Send a bearer token.');
    request.user = this.accountOf(token);
    return true;
  }

  private accountOf(token: string): Account {
    const [head = '', body = '', signature = ''] = token.split('.');
    const expected = createHmac('sha256', this.secret).update(`${head}.${body}`).digest();
    const sent = Buffer.from(signature, 'base64url');
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) throw new UnauthorizedException();
    const isHs256 = header.safeParse(jsonOf(head)).success;
    const { data } = claims.safeParse(jsonOf(body));
    if (!isHs256 || !data || data.exp * 1_000 <= Date.now()) throw new UnauthorizedException();
    return new Account(data.sub);
  }
}

function jsonOf(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}
