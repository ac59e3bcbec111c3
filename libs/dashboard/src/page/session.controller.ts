import {
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

  /** The guard has checked the token, within its limits. A session cannot prolong itself, so the token is required. */
  @Post()
  @HttpCode(204)
  @UseGuards(AdminGuard)
  @RequiresScope('read')
  begin(@Req() { adminToken, headers }: AdminRequest, @Res({ passthrough: true }) response: Cookies): void {
    if (!adminToken || headers.authorization === undefined) throw new UnauthorizedException();
    const permitted =
      this.options.mode === 'full' ? (['read', 'values', 'invalidate'] as const) : (['read', 'values'] as const);
    const session = this.sessions.create(adminToken, permitted);
    response.header('set-cookie', `${SESSION_COOKIE}=${session}; Max-Age=${SESSION_SECONDS}; ${this.#attributes}`);
  }

  @Delete()
  @HttpCode(204)
  @Header('Cache-Control', 'no-store')
  end(@Res({ passthrough: true }) response: Cookies): void {
    response.header('set-cookie', `${SESSION_COOKIE}=; Max-Age=0; ${this.#attributes}`);
  }
}
