import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FileAnswer, filled, readHttpFile } from '../support/http-file.js';
import { type RunningApi, send, startApi } from './running-api.js';

const folder = join(import.meta.dirname, '../../docs/tour');
const files = readdirSync(folder).map((file) => ({
  file,
  requests: readHttpFile(readFileSync(join(folder, file), 'utf8')),
}));

/** In one process, as whoever follows the tour has it after `npm start`. */
describe('the tour', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi({ DATA_DIR: 'memory' });
  });
  afterAll(() => api.stop());

  it.each(files)('$file is answered as it says, also the second time', async ({ requests }) => {
    expect(requests.length).toBeGreaterThan(1);
    for (const _time of ['first', 'second']) {
      const answers = new Map<string, FileAnswer>();
      for (const { title, name, method, url, headers, body, expected } of requests) {
        const fill = (text: string) => filled(text, api.url, answers);
        const given = Object.fromEntries(Object.entries(headers).map(([field, value]) => [field, fill(value)]));
        const answer = await send(method, fill(url), {
          headers: given,
          ...(body !== undefined && { body: fill(body) }),
        });
        const [field, value] = expected.header ?? ['cookie', null];
        expect([title, answer.status, answer.headers.get(field)]).toEqual([title, expected.status, value]);
        if (name !== undefined) answers.set(name, answer);
      }
    }
  });
});
