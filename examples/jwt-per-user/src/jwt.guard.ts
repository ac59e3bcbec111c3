import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';

/** The requester, as the token names it. */
export class Account {
  constructor(readonly id: string) {}
}

/** Sets `request.user` from a bearer token. Guards run before the cache, so a request with an invalid token gets no entry. */
@Injectable()
export class JwtGuard implements CanActivate {
  constructor(private readonly jwt: JwtService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request: { headers: { authorization?: string }; user?: Account } = context.switchToHttp().getRequest();
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const { sub } = await this.jwt.verifyAsync<{ sub: string }>(token).catch(() => {
      throw new UnauthorizedException();
    });
    request.user = new Account(sub);
    return true;
  }
}
