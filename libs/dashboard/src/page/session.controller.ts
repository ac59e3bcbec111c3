import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Inject,
  Post,
  Req,
  Res,
  UnauthorizedException,
  UnsupportedMediaTypeException,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import {
  AdminGuard,
  type AdminRequest,
  AdminSessions,
  type AdminToken,
  RequiresScope,
  SESSION_COOKIE,
  SESSION_SECONDS,
} from '@nuthatch/admin';
import { DASHBOARD_OPTIONS, type DashboardOptions } from '../dashboard-options.js';

interface Cookies {
  header(name: string, value: string): unknown;
}

/** Begins and ends the session of a browser. */
@Controller({ path: 'dashboard/session', version: VERSION_NEUTRAL })
export class SessionController {
  readonly #attributes: string;

  constructor(
    @Inject(DASHBOARD_OPTIONS) private readonly options: DashboardOptions,
    private readonly sessions: AdminSessions,
  ) {
    this.#attributes = `Path=/; HttpOnly; SameSite=Strict${options.secureCookie === false ? '' : '; Secure'}`;
  }

  /** Returns the holder of the session and what the session permits. */
  @Get()
  @UseGuards(AdminGuard)
  @RequiresScope('read')
  show(@Req() { adminToken }: AdminRequest): Pick<AdminToken, 'name' | 'scopes'> {
    const { name = '', scopes = [] } = adminToken ?? {};
    return { name, scopes };
  }

  @Post()
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  begin(@Req() request: AdminRequest, @Body() body: unknown, @Res({ passthrough: true }) response: Cookies): void {
    // A form of another site could send any other type.
    if (!String(request.headers['content-type']).startsWith('application/json'))
      throw new UnsupportedMediaTypeException();
    const secret: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'token') : undefined;
    const permitted =
      this.options.mode === 'full' ? (['read', 'values', 'invalidate'] as const) : (['read', 'values'] as const);
    const session = typeof secret === 'string' ? this.sessions.create(secret, permitted) : undefined;
    if (session === undefined) throw new UnauthorizedException();
    response.header('set-cookie', `${SESSION_COOKIE}=${session}; Max-Age=${SESSION_SECONDS}; ${this.#attributes}`);
  }

  @Delete()
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  end(@Res({ passthrough: true }) response: Cookies): void {
    response.header('set-cookie', `${SESSION_COOKIE}=; Max-Age=0; ${this.#attributes}`);
  }
}
