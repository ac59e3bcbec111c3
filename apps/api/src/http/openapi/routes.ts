import { RequestMethod, type Type } from '@nestjs/common';
import {
  HEADERS_METADATA,
  HTTP_CODE_METADATA,
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  PATH_METADATA,
  ROUTE_ARGS_METADATA,
} from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { CACHED_ROUTE, type CachedRoute } from '@nuthatch/cache';
import { IfMatchPipe } from '../../optimistic-locking/if-match.pipe.js';
import { ResourceHeadersInterceptor } from '../../optimistic-locking/resource-headers.interceptor.js';
import { libraryRoutes } from './library-routes.js';
import { OPERATION, type OperationDetails } from './operation.decorator.js';

/** A value that Nest takes from the request for a handler. */
export interface Argument {
  readonly from: 'path' | 'query' | 'body';
  /** `undefined`: the whole query, or the whole body. */
  readonly name: string | undefined;
  readonly schema: unknown;
}

/** What the decorators of a handler say, Nest's, the cache's and ours. */
export interface Route {
  /** Its module. */
  readonly tag: string;
  readonly controller: string;
  readonly handler: string;
  /** In lower case. */
  readonly method: string;
  /** With parameters in braces: `/users/{id}`. */
  readonly path: string;
  readonly arguments: readonly Argument[];
  readonly status: number;
  /** Of `@Header`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly obeysIfMatch: boolean;
  readonly answersVersion: boolean;
  /** How it is answered from its cache; `undefined` where it has none. */
  readonly cached: CachedRoute | undefined;
  /** `undefined`: nobody described it. */
  readonly details: OperationDetails | undefined;
}

/** The routes of all modules. It looks at classes only, so it also works on an application that is not started (`preview`). */
export function routesOf(modules: ModulesContainer): Route[] {
  return [...modules.values()].flatMap(({ name, controllers }) => {
    const tag = name.replace(/Module$/, '').toLowerCase();
    return [...controllers.values()].flatMap(({ metatype }) =>
      isClass(metatype) ? routesOfController(metatype, tag) : [],
    );
  });
}

function routesOfController(controller: Type, tag: string): Route[] {
  const prototype: Readonly<Record<string, unknown>> = controller.prototype;
  const names = new MetadataScanner().getAllMethodNames(prototype);
  return names.flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(PATH_METADATA, handler)) return [];
    const paths = pathsOf(Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler));
    return paths.map((path) => ({ tag, ...routeOf(controller, name, handler, path) }));
  });
}

function routeOf(controller: Type, name: string, handler: Function, path: string): Omit<Route, 'tag'> {
  const said = <T>(key: string | symbol): T | undefined => Reflect.getMetadata(key, handler);
  const method = RequestMethod[said<RequestMethod>(METHOD_METADATA) ?? RequestMethod.GET].toLowerCase();
  const found = Object.entries<RouteArgument>(Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {});
  const interceptors = said<unknown[]>(INTERCEPTORS_METADATA) ?? [];
  const headers = said<{ name: string; value: string }[]>(HEADERS_METADATA) ?? [];
  return {
    controller: controller.name,
    handler: name,
    method,
    path,
    arguments: found.flatMap(([key, argument]) => argumentOf(key, argument)),
    status: said<number>(HTTP_CODE_METADATA) ?? (method === 'post' ? 201 : 200),
    headers: Object.fromEntries(headers.map((header) => [header.name, header.value])),
    obeysIfMatch: found.some(([, { pipes }]) => pipes.includes(IfMatchPipe)),
    answersVersion: interceptors.some((interceptor) => interceptor instanceof ResourceHeadersInterceptor),
    cached: method === 'get' ? said<CachedRoute>(CACHED_ROUTE) : undefined,
    details: said<OperationDetails>(OPERATION) ?? libraryRoutes[path],
  };
}

/** A module may name a controller by a factory instead; Nest takes routes from classes only. */
function isClass(metatype: Type | Function | null): metatype is Type {
  return typeof metatype === 'function';
}

interface RouteArgument {
  readonly data?: string;
  readonly schema?: unknown;
  readonly pipes: readonly unknown[];
}

const sources = new Map<number, Argument['from']>([
  [RouteParamtypes.PARAM, 'path'],
  [RouteParamtypes.QUERY, 'query'],
  [RouteParamtypes.BODY, 'body'],
]);

/** `key` is the kind of the parameter, and its place: `3:0`. Those of decorators of one's own begin with a name. */
function argumentOf(key: string, { data, schema }: RouteArgument): Argument[] {
  const from = sources.get(Number(key.split(':', 1)[0]));
  return from === undefined ? [] : [{ from, name: data, schema }];
}

/** Either may be a list. */
function pathsOf(prefixes: string | string[], paths: string | string[]): string[] {
  return [prefixes].flat().flatMap((prefix) =>
    [paths].flat().map((path) => {
      const segments = `${prefix}/${path}`.split('/').filter(Boolean);
      return `/${segments.map((segment) => segment.replace(/^:(.+)$/, '{$1}')).join('/')}`;
    }),
  );
}
