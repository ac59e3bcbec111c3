import { afterEach, describe, expect, it, vi } from 'vitest';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { createFastifyAdapter } from '../../../apps/api/src/http/server/fastify-adapter.js';

describe('the server', () => {
  const adapter = createFastifyAdapter(new AppConfig({}));
  const server = adapter.getInstance();
  afterEach(() => server.close());

  it('listens on one address for the name localhost, because a second server would have no load shedding', async () => {
    const listen = vi.spyOn(server.server, 'listen');
    await new Promise<void>((resolve) => adapter.listen(0, 'localhost', () => resolve()));
    expect(server.addresses()).toEqual([expect.objectContaining({ address: '127.0.0.1' })]);
    // A burst of 1,000 clients does not fit into Node's default of 511.
    expect(listen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ backlog: 4_096 }));
  });
});
