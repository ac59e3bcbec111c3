import {
  Controller,
  Get,
  Header,
  Inject,
  NotFoundException,
  Param,
  StreamableFile,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { DASHBOARD_OPTIONS, type DashboardOptions } from '../dashboard-options.js';
import { type Asset, readAssets } from './assets.js';

/** Only this server, and no script that is made from text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** Serves the page and its two files. They are no secret: the figures need a session. */
@Controller({ path: 'dashboard', version: VERSION_NEUTRAL })
export class PageController {
  /** Read when first needed: an application that runs from its sources in a test may have no page. */
  #assets: readonly Asset[] | undefined;

  constructor(@Inject(DASHBOARD_OPTIONS) private readonly options: DashboardOptions) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Content-Security-Policy', POLICY)
  @Header('Cache-Control', 'no-cache')
  @Header('X-Content-Type-Options', 'nosniff')
  show(): string {
    const { publicPath = '' } = this.options;
    const url = (extension: string): string =>
      `${publicPath}/dashboard/${this.#files.find(({ name }) => name.endsWith(extension))?.name}`;
    return `<!doctype html>
<html lang="en" data-base="${publicPath}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Nuthatch</title>
    <link rel="stylesheet" href="${url('.css')}" />
  </head>
  <body>
    <script src="${url('.js')}"></script>
  </body>
</html>
`;
  }

  @Get(':file')
  @Header('Cache-Control', 'public, max-age=31536000, immutable')
  @Header('X-Content-Type-Options', 'nosniff')
  find(@Param('file') file: string): StreamableFile {
    const asset = this.#files.find(({ name }) => name === file);
    if (!asset) throw new NotFoundException();
    return new StreamableFile(asset.body, { type: asset.type, length: asset.body.length });
  }

  get #files(): readonly Asset[] {
    return (this.#assets ??= readAssets());
  }
}
