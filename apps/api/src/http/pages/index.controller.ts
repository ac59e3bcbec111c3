import { Controller, Get, Header, Headers, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AppConfig } from '../../app.config.js';
import type { Reply } from '../problems/reply.js';
import { prefersHtml } from './prefers-html.js';

/** Where to go from here, as URI templates (RFC 6570). */
const links = {
  users: '/users{?limit,cursor,sort,q}',
  usersBatch: '/users/batch{?ids}',
  userLookup: '/users/lookup{?email}',
  userStats: '/users/stats',
  user: '/users/{id}',
  ordersOfUser: '/users/{id}/orders{?limit,cursor}',
  order: '/orders/{id}',
  health: '/health',
  docs: '/docs',
  openapi: '/openapi.json',
  problems: '/problems',
} as const;

/** A nut. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="9" r="6" fill="#8b5a2b"/><path d="M2 8a6 5 0 0 1 12 0z" fill="#5c3a1a"/></svg>';

/** The first addresses that a browser or a curious client asks for. */
@ApiExcludeController()
@Controller()
export class IndexController {
  constructor(private readonly config: AppConfig) {}

  /** Sends browsers to the documentation and gives programs the links of the API. */
  @Get()
  @Header('Vary', 'Accept')
  @Header('Cache-Control', 'no-cache')
  index(@Headers('accept') accept: string | undefined, @Res({ passthrough: true }) reply: Reply) {
    if (!prefersHtml(accept)) return { name: 'Nuthatch', links: this.publishedLinks };
    reply.status(302);
    reply.header('location', '/docs');
    return undefined;
  }

  @Get('favicon.ico')
  @Header('Content-Type', 'image/svg+xml')
  @Header('Cache-Control', 'public, max-age=604800')
  icon(): string {
    return icon;
  }

  private get publishedLinks(): Readonly<Record<string, string>> {
    const { publicPath } = this.config;
    return Object.fromEntries(Object.entries(links).map(([name, path]) => [name, `${publicPath}${path}`]));
  }
}
