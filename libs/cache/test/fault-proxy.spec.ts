import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startFaultProxy } from '../src/testing/fault-proxy.js';

/** Starts an echo server behind a proxy. */
async function givenEcho() {
  let received = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('data', (bytes) => {
      received += bytes.toString();
      socket.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startFaultProxy({ port: (server.address() as AddressInfo).port });
  onTestFinished(async () => {
    await proxy.close();
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return { proxy, received: () => received };
}

async function givenClient(port: number) {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  let replies = '';
  socket.on('data', (bytes) => (replies += bytes.toString()));
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return { socket, say: (text: string) => void socket.write(text), replies: () => replies };
}

/** Long enough for a byte to arrive that is not held back. */
const aWhile = async () => {
  const sentAt = performance.now();
  await eventually(() => expect(performance.now() - sentAt).toBeGreaterThan(50));
};

describe(startFaultProxy, () => {
  it('forwards the bytes of both sides', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    client.say('hello');
    await eventually(() => expect(client.replies()).toBe('hello'));
  });

  it('holds back responses and not requests when frozen downwards, and loses nothing', async () => {
    const { proxy, received } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.freeze('down');
    client.say('one');
    client.say('two');
    await eventually(() => expect(received()).toBe('onetwo'));
    await aWhile();
    expect(client.replies()).toBe('');
    proxy.thaw();
    await eventually(() => expect(client.replies()).toBe('onetwo'));
  });

  it('holds back requests when frozen upwards, also on later connections', async () => {
    const { proxy, received } = await givenEcho();
    proxy.freeze('up');
    const client = await givenClient(proxy.port);
    client.say('late');
    await aWhile();
    expect(received()).toBe('');
    proxy.thaw();
    await eventually(() => expect(client.replies()).toBe('late'));
  });

  it('freezes only connections whose greeting has the given text', async () => {
    const { proxy } = await givenEcho();
    const [one, other] = [await givenClient(proxy.port), await givenClient(proxy.port)];
    proxy.freeze('down', 'pushes');
    one.say('I am pushes');
    other.say('I am commands');
    await eventually(() => expect(other.replies()).toBe('I am commands'));
    expect(one.replies()).toBe('');
  });

  it('delays each direction, in order', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.delay(30);
    const sentAt = performance.now();
    client.say('first ');
    client.say('second');
    await eventually(() => expect(client.replies()).toBe('first second'));
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(59);
  });

  it('throttles bytes', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.drip(100);
    client.say('0123456789');
    await aWhile();
    const soFar = client.replies().length;
    expect(soFar).toBeGreaterThan(0);
    expect(soFar).toBeLessThan(10);
    await eventually(() => expect(client.replies()).toBe('0123456789'));
  });

  it('refuses new connections, keeps open ones, and accepts again on its port', async () => {
    const { proxy } = await givenEcho();
    const { port } = proxy;
    const client = await givenClient(port);
    proxy.refuse();
    await expect(givenClient(port)).rejects.toThrow(/ECONNREFUSED/);
    client.say('still here');
    await eventually(() => expect(client.replies()).toBe('still here'));
    await proxy.accept();
    expect(proxy.port).toBe(port);
    await givenClient(port);
  });

  it('never replies on connections made while it ignores, and on no others', async () => {
    const { proxy, received } = await givenEcho();
    const before = await givenClient(proxy.port);
    proxy.ignore();
    const meanwhile = await givenClient(proxy.port);
    await proxy.accept();
    const after = await givenClient(proxy.port);
    meanwhile.say('sent while ignoring');
    before.say('before');
    after.say('after');
    await eventually(() => expect([before.replies(), after.replies()]).toEqual(['before', 'after']));
    expect(received()).not.toContain('ignoring');
    expect(meanwhile.socket.destroyed).toBe(false);
    proxy.cut();
    await eventually(() => expect(meanwhile.socket.destroyed).toBe(true));
  });

  it('cuts only connections whose greeting has the given text, and drops their bytes held back', async () => {
    const { proxy, received } = await givenEcho();
    const [one, other] = [await givenClient(proxy.port), await givenClient(proxy.port)];
    proxy.freeze('down', 'pushes');
    one.say('I am pushes');
    other.say('I am commands');
    await eventually(() => expect(received()).toContain('I am pushes'));
    proxy.cut('pushes');
    proxy.thaw();
    await eventually(() => expect(one.socket.destroyed).toBe(true));
    expect(one.replies()).toBe('');
    other.say(' still');
    await eventually(() => expect(other.replies()).toBe('I am commands still'));
  });

  it('cuts all connections', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.cut();
    await eventually(() => expect(client.socket.destroyed).toBe(true));
    await eventually(() => expect(proxy.connections).toBe(0));
  });
});
