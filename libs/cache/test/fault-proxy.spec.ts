import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import { startFaultProxy } from '../src/testing/fault-proxy.js';

/** A server that says everything back, behind a proxy. */
async function givenEcho() {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('data', (bytes) => {
      heard += bytes.toString();
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
  return { proxy, heard: () => heard };
}

async function givenClient(port: number) {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  let answers = '';
  socket.on('data', (bytes) => (answers += bytes.toString()));
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return { socket, say: (text: string) => void socket.write(text), answers: () => answers };
}

/** Long enough for a byte that is not kept to arrive. */
const aWhile = async () => {
  const sentAt = performance.now();
  await eventually(() => expect(performance.now() - sentAt).toBeGreaterThan(50));
};

describe(startFaultProxy, () => {
  it('hands on what both sides say', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    client.say('hello');
    await eventually(() => expect(client.answers()).toBe('hello'));
  });

  it('keeps answers, not requests, when frozen downwards, and loses nothing', async () => {
    const { proxy, heard } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.freeze('down');
    client.say('one');
    client.say('two');
    await eventually(() => expect(heard()).toBe('onetwo'));
    await aWhile();
    expect(client.answers()).toBe('');
    proxy.thaw();
    await eventually(() => expect(client.answers()).toBe('onetwo'));
  });

  it('keeps requests when frozen upwards, also on connections made since', async () => {
    const { proxy, heard } = await givenEcho();
    proxy.freeze('up');
    const client = await givenClient(proxy.port);
    client.say('late');
    await aWhile();
    expect(heard()).toBe('');
    proxy.thaw();
    await eventually(() => expect(client.answers()).toBe('late'));
  });

  it('freezes only those who said a word', async () => {
    const { proxy } = await givenEcho();
    const [one, other] = [await givenClient(proxy.port), await givenClient(proxy.port)];
    proxy.freeze('down', 'pushes');
    one.say('I am pushes');
    other.say('I am commands');
    await eventually(() => expect(other.answers()).toBe('I am commands'));
    expect(one.answers()).toBe('');
  });

  it('delays each direction, in order', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.delay(30);
    const sentAt = performance.now();
    client.say('first ');
    client.say('second');
    await eventually(() => expect(client.answers()).toBe('first second'));
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(59);
  });

  it('lets bytes drip', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.drip(100);
    client.say('0123456789');
    await aWhile();
    const soFar = client.answers().length;
    expect(soFar).toBeGreaterThan(0);
    expect(soFar).toBeLessThan(10);
    await eventually(() => expect(client.answers()).toBe('0123456789'));
  });

  it('refuses whoever connects, keeps those who are there, and accepts again on its port', async () => {
    const { proxy } = await givenEcho();
    const { port } = proxy;
    const client = await givenClient(port);
    proxy.refuse();
    await expect(givenClient(port)).rejects.toThrow(/ECONNREFUSED/);
    client.say('still here');
    await eventually(() => expect(client.answers()).toBe('still here'));
    await proxy.accept();
    expect(proxy.port).toBe(port);
    await givenClient(port);
  });

  it('ignores for ever whoever connects meanwhile, and nobody else', async () => {
    const { proxy, heard } = await givenEcho();
    const before = await givenClient(proxy.port);
    proxy.ignore();
    const meanwhile = await givenClient(proxy.port);
    await proxy.accept();
    const after = await givenClient(proxy.port);
    meanwhile.say('is anybody there');
    before.say('before');
    after.say('after');
    await eventually(() => expect([before.answers(), after.answers()]).toEqual(['before', 'after']));
    expect(heard()).not.toContain('anybody');
    expect(meanwhile.socket.destroyed).toBe(false);
    proxy.cut();
    await eventually(() => expect(meanwhile.socket.destroyed).toBe(true));
  });

  it('cuts only those who said a word, and what it kept of theirs is lost', async () => {
    const { proxy, heard } = await givenEcho();
    const [one, other] = [await givenClient(proxy.port), await givenClient(proxy.port)];
    proxy.freeze('down', 'pushes');
    one.say('I am pushes');
    other.say('I am commands');
    await eventually(() => expect(heard()).toContain('I am pushes'));
    proxy.cut('pushes');
    proxy.thaw();
    await eventually(() => expect(one.socket.destroyed).toBe(true));
    expect(one.answers()).toBe('');
    other.say(' still');
    await eventually(() => expect(other.answers()).toBe('I am commands still'));
  });

  it('cuts all connections', async () => {
    const { proxy } = await givenEcho();
    const client = await givenClient(proxy.port);
    proxy.cut();
    await eventually(() => expect(client.socket.destroyed).toBe(true));
    await eventually(() => expect(proxy.connections).toBe(0));
  });
});
