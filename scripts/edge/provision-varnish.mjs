import { isInstalled, unpackDebian } from '../process/unpack-debian.mjs';

/** Varnish compiles its configuration to C. The small compiler tcc is enough, and needs no installation. */
if (!isInstalled('varnishd')) await unpackDebian('varnish', ['varnish', 'varnish-modules', 'tcc']);
