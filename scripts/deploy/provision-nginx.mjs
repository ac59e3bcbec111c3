import { isInstalled, unpackDebian } from '../run/unpack-debian.mjs';

/** Unpacks nginx for the test of docs/operations/behind-a-proxy.md when the machine has none. */
export function provisionNginx() {
  if (!isInstalled('nginx')) unpackDebian('nginx', ['nginx-light']);
}
