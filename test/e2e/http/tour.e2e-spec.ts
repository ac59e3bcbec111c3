import { readdirSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { insertUsers } from '../../../apps/api/src/seed/insert-users.js';
import { type FileAnswer, filled, readHttpFile } from '../../support/http-file.js';
import { newDatabase, type RunningApi, send, startApi } from '../support/running-api.js';

const folder = join(import.meta.dirname, '../../../docs/tour');
const readme = join(folder, 'README.md');
const requestFiles = readdirSync(folder).filter((file) => file.endsWith('.http'));
const files = requestFiles.map((file) => ({
  file,
  requests: readHttpFile(readFileSync(join(folder, file), 'utf8')),
}));

/** Runs in one process, without Redis, like `npm start`. */
describe('the tour', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi(await newDatabase());
  });
  afterAll(() => api.stop());

  it.each(files)('$file is answered as it says, also the second time', async ({ requests }) => {
    expect(requests.length).toBeGreaterThan(1);
    for (const _time of ['first', 'second']) {
      const answers = new Map<string, FileAnswer>();
      for (const { title, name, method, url, headers, body, expected } of requests) {
        const fill = (part: string) => filled(part, api.url, answers);
        const given = Object.fromEntries(Object.entries(headers).map(([field, value]) => [field, fill(value)]));
        const answer = await send(method, fill(url), {
          headers: given,
          ...(body !== undefined && { body: fill(body) }),
        });
        const [field, value] = expected.header ?? ['cookie', null];
        const header = answer.headers.get(field);
        // `…` replaces a fingerprint, which differs between releases.
        const compared = value?.endsWith('…"') ? (header?.slice(0, value.length - 2) ?? '') + '…"' : header;
        expect([title, answer.status, compared]).toEqual([title, expected.status, value]);
        if (name !== undefined) answers.set(name, answer);
      }
    }
  });

  it('begins in its page with an answer that is sent so', async () => {
    const [, shown = ''] = /^(HTTP\/1\.1 200 OK\n[^`]*?)\n(?:\n\$|```)/m.exec(readFileSync(readme, 'utf8')) ?? [];
    await insertUsers(api.app.get(Database), 10_000);
    const { body } = await api.send('GET', '/users?limit=1');
    expect(withoutChance(await rawAnswer(`${api.url}/users/${body.data[0].id}`))).toBe(withoutChance(shown));
  });
});

/** As `curl -i` shows it. */
async function rawAnswer(url: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, resolve).on('error', reject);
  });
  const { httpVersion, statusCode, statusMessage, rawHeaders } = response;
  const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []));
  return [`HTTP/${httpVersion} ${statusCode} ${statusMessage}`, ...headers, '', await text(response)].join('\n');
}

/** Hides what differs from run to run, and the fingerprint of the schema, which a team's own field changes. */
function withoutChance(answer: string): string {
  return answer.replaceAll(/^(x-request-id|Date): .+$|ttl=\d+|(?<=^etag: "1-)\w+/gim, '$1…');
}
