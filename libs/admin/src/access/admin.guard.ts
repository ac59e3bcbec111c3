import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Inject,
  Injectable,
  NotFoundException,
  UnauthorizedException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ADMIN_OPTIONS, type AdminOptions } from '../admin-options.js';
import type { AdminRequest, AdminResponse } from './admin-request.js';
import { type AdminScope, type AdminToken, AdminTokens } from './admin-token.js';
import { AuditLog } from './audit-log.js';
import { AdminSessions, SESSION_COOKIE } from './admin-sessions.js';
import { RateLimits } from './rate-limits.js';
import { REQUIRED_SCOPE } from './requires-scope.decorator.js';

/** Accepts requests with a token that has the required scope (RFC 6750), within the limits of the token and of its address. */
@Injectable()
export class AdminGuard implements CanActivate {
  readonly #tokens: AdminTokens;
  readonly #reflector = new Reflector();

  constructor(
    @Inject(ADMIN_OPTIONS) { tokens }: AdminOptions,
    private readonly sessions: AdminSessions,
    private readonly limits: RateLimits,
    private readonly audit: AuditLog,
  ) {
    this.#tokens = new AdminTokens(tokens);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.#tokens.size === 0) throw new NotFoundException();
    const http = context.switchToHttp();
    const request = http.getRequest<AdminRequest>();
    const response = http.getResponse<AdminResponse>();
    response.header('cache-control', 'no-store');
    const tried = context.getHandler().name;
    const token = await this.#authenticate(request, response, tried);
    request.adminToken = token;
    // Before every refusal: each writes a line of the log, and a token may not fill the log.
    await this.limits.countRequest(token.name, response);
    const scope = this.#reflector.get<AdminScope | undefined>(REQUIRED_SCOPE, context.getHandler());
    if (scope && !token.scopes.includes(scope)) {
      this.audit.record(request, { action: 'refused', tried, scope });
      response.header('www-authenticate', `Bearer error="insufficient_scope", scope="${scope}"`);
      throw new ForbiddenException(`The token "${token.name}" does not have the scope "${scope}".`);
    }
    // A form of another site could send any other type without asking the browser's user.
    if (request.method === 'POST' && !/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? ''))
      throw new UnsupportedMediaTypeException();
    return true;
  }

  #tokenOfSession(cookies = ''): AdminToken | undefined {
    const value = sessionOf(cookies);
    return value === undefined ? undefined : this.sessions.find(value);
  }

  async #authenticate(request: AdminRequest, response: AdminResponse, tried: string): Promise<AdminToken> {
    const { headers, ip = '' } = request;
    await this.limits.checkAddress(ip, response);
    const [, secret] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
    const token = secret === undefined ? this.#tokenOfSession(headers.cookie) : this.#tokens.find(secret);
    if (token) return token;
    // Only a secret can be guessed: a session has a signature, and a page whose session is over asks again and again.
    if (secret !== undefined) {
      await this.limits.countFailure(ip, response);
      this.audit.record(request, { action: 'refused', tried });
    }
    // A request without credentials gets no error code (RFC 6750 §3.1).
    response.header('www-authenticate', secret === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
    throw new UnauthorizedException();
  }
}

/** Returns the value of the session's cookie (RFC 6265 §5.4). */
function sessionOf(cookies: string): string | undefined {
  const prefix = `${SESSION_COOKIE}=`;
  const [found] = cookies.split(/; */).filter((cookie) => cookie.startsWith(prefix));
  return found?.slice(prefix.length);
}
