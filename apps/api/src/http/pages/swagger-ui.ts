/** Returns the page of Swagger UI. It has no inline script and no inline style, so a strict policy applies. */
export const docsPage = (publicPath: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Nuthatch API</title>
    <link rel="icon" href="${publicPath}/favicon.ico" />
    <link rel="stylesheet" href="${publicPath}/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="${publicPath}/docs/swagger-ui-bundle.js"></script>
    <script src="${publicPath}/docs/start.js"></script>
  </body>
</html>
`;

/** Returns the script that starts Swagger UI. Without \`validatorUrl: null\` it would ask validator.swagger.io for a badge. */
export const startScript = (publicPath: string): string => `SwaggerUIBundle({
  url: '${publicPath}/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
`;

/** Allows this server only. Swagger UI has its icons as data URLs. */
export const docsPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
