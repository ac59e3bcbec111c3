import { isInstalled, unpackDebian } from '../process/unpack-debian.mjs';

/** Unpacks nginx for the test of docs/operations/behind-a-proxy.md when the machine has none. */
export async function provisionNginx() {
  if (!isInstalled('nginx')) await unpackDebian('nginx', ['nginx-light']);
}
