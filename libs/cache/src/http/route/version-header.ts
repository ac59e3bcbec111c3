import { VersioningType } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import type { CachedRoute } from './cached-route.js';

/**
 * Returns the request header from which Nest reads the version of a route, in lower case; `undefined` if the version is in the URL, or
 * if a function of the application extracts it.
 */
export function versionHeaderOf(config: Pick<ApplicationConfig, 'getVersioning'>): string | undefined {
  const versioning = config.getVersioning();
  if (versioning?.type === VersioningType.HEADER) return versioning.header.toLowerCase();
  return versioning?.type === VersioningType.MEDIA_TYPE ? 'accept' : undefined;
}

/**
 * Returns the route as it is answered where a header selects its handler. One URL then has several representations, so `Vary` lists
 * the header (RFC 9110 §12.5.5), and equal versions of two values do not have equal entity tags.
 *
 * The key needs no member for the header: versions with different answers have different caches.
 */
export function selectedBy(header: string | undefined, route: CachedRoute): CachedRoute {
  if (header === undefined || route.vary.some(([, name]) => name === header)) return route;
  const varyHeader = route.varyHeader === undefined ? header : `${route.varyHeader}, ${header}`;
  return { ...route, varyHeader, hasVariants: true };
}
