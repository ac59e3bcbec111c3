/** Unpacks Prometheus and promtool for `npm run test:observability` when the machine has none. */
import { isInstalled, unpackDebian } from '../process/unpack-debian.mjs';

if (!isInstalled('prometheus')) await unpackDebian('prometheus', ['prometheus']);
