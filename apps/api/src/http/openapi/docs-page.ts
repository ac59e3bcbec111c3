import { problems } from '../problems/problem.js';
import { docsStyle } from './docs-style.js';
import { Html, html, prose } from './html.js';
import { codesIn } from './problem-responses.js';
import { schemaHtml } from './schema-html.js';
import type { OpenApiDocument, Operation, Parameter, PathItem, Reference, Response } from './specification.js';

/** The document as a page that is complete as it is sent: it runs nothing and loads nothing. */
export function docsPage({ info, paths, components }: OpenApiDocument): string {
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  const tags = [...new Set(operations.flatMap((operation) => operation.tags))];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title} API</title>
        ${new Html(`<style>${docsStyle}</style>`)}
      </head>
      <body>
        <header>
          <h1>${info.title} <small>${info.version}</small></h1>
          ${prose(info.description)}
          <nav aria-label="Contents">
            <ul>
              ${tags.map((tag) => html`<li><a href="#tag-${tag}">${tag}</a></li>`)}
              <li><a href="#schemas">schemas</a></li>
              <li><a href="#headers">headers</a></li>
              <li><a href="#problems">problems</a></li>
              <li><a href="/openapi.json">openapi.json</a></li>
            </ul>
          </nav>
        </header>
        <main>
          ${tags.map((tag) => tagHtml(tag, paths))}
          <section id="schemas">
            <h2>Schemas</h2>
            ${Object.entries(components.schemas).map(
              ([name, schema]) =>
                html`<h3 id="schema-${name}">${name}</h3>
                  ${schemaHtml(schema)}`,
            )}
          </section>
          <section id="headers">
            <h2>Headers of answers</h2>
            <p>
              <code>X-Request-Id</code> is in every answer. Bodies are <code>application/json</code> where nothing else
              is said.
            </p>
            <dl>
              ${Object.entries(components.headers).map(
                ([name, { description }]) =>
                  html`<dt id="header-${name}"><code>${name}</code></dt>
                    <dd>${description}</dd>`,
              )}
            </dl>
          </section>
          <section id="problems">
            <h2>Problems</h2>
            <p>
              Those with a status from 500 on, and 401, 403, 406, 408, 414 and 431, may be the answer to any request.
            </p>
            <dl>
              ${Object.entries(problems).map(
                ([code, { status, title, meaning }]) =>
                  html`<dt id="problem-${code}">
                      ${status} <a href="/problems/${code}"><code>${code}</code></a> ${title}
                    </dt>
                    <dd>${meaning}</dd>`,
              )}
            </dl>
          </section>
        </main>
      </body>
    </html>`;
  return page.text;
}

/** Without HEAD and OPTIONS, which every path has. */
function tagHtml(tag: string, paths: OpenApiDocument['paths']): Html {
  const own = Object.entries(paths).filter(([, item]) => Object.values(item).some(({ tags }) => tags.includes(tag)));
  return html`<section id="tag-${tag}">
    <h2>${tag}</h2>
    ${own.map(([path, item]) => pathHtml(path, item, tag))}
  </section>`;
}

function pathHtml(path: string, item: PathItem, tag: string): Html[] {
  return Object.entries(item)
    .filter(([method, { tags }]) => method !== 'head' && method !== 'options' && tags.includes(tag))
    .map(([method, operation]) => operationHtml(method, path, operation));
}

function operationHtml(method: string, path: string, operation: Operation): Html {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const [body] = Object.values(requestBody?.content ?? {});
  return html`<details id="${operationId ?? ''}">
    <summary><b>${method.toUpperCase()}</b> <code>${path}</code> ${summary}</summary>
    <div>
      ${
        parameters.length > 0 &&
        html`<h4>Parameters</h4>
          <ul class="members">
            ${parameters.map(parameterHtml)}
          </ul>`
      }
      ${
        body &&
        html`<h4>Body <small>${Object.keys(requestBody?.content ?? {}).join(', ')}</small></h4>
          ${schemaHtml(body.schema)}`
      }
      <h4>Answers</h4>
      <ul class="members">
        ${Object.entries(responses).map(([status, response]) => responseHtml(status, response))}
      </ul>
    </div>
  </details>`;
}

function parameterHtml({ name, in: place, required, description, schema }: Parameter): Html {
  const rest = description !== undefined && html` ${description}`;
  return html`<li>
    <code>${name}</code> <small>${place}${required && ', required'}</small> ${schemaHtml(schema)}${rest}
  </li>`;
}

/** Problems that any request may meet. They are said once for all. */
const ofAny = new Set(['500', '503', 'default']);

function responseHtml(status: string, response: Response | Reference): Html {
  if ('$ref' in response)
    return ofAny.has(status) ? html`` : html`<li>${status} ${problemLinks(codesIn(response))}</li>`;
  const { description, content = {}, headers = {} } = response;
  const bodies = Object.entries(content).map(([type, { schema, examples }]) =>
    type === 'application/problem+json'
      ? html` or ${problemLinks(Object.keys(examples ?? {}))}`
      : html` ${schemaHtml(schema)}${type !== 'application/json' && html` <small>${type}</small>`}`,
  );
  const said = bodies.length > 0 ? bodies : html` ${description}`;
  const names = Object.keys(headers)
    .filter((name) => name !== 'X-Request-Id')
    .map((name) => html` <a href="#header-${name}">${name}</a>`);
  return html`<li>${status}${said}<br /><small>${names}</small></li>`;
}

function problemLinks(codes: readonly string[]): Html[] {
  return codes.map((code) => html`<a href="#problem-${code}"><code>${code}</code></a> `);
}
