import { Injectable } from '@nestjs/common';
import { PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { HttpAdapterHost, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { FastifyInstance, onRequestHookHandler } from 'fastify';
import { z } from 'zod';
import { queryProblem } from './validation.pipe.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Accepts the query parameters that the route declares. Absent on a route that takes the whole query. */
    readonly declaredQuery?: z.ZodType;
  }
}

/** Load balancers add parameters to their probes, and a 400 would take a healthy instance out of service. */
const PROBE = /^\/health(?:\/|$)/;

/**
 * Refuses query parameters that the route does not declare with `@Query`: otherwise `?x=1`, `?x=2` … would be endless addresses of
 * one answer. A route that takes the whole query validates it with the schema of its parameter instead.
 *
 * This is a hook of Fastify and not a guard of Nest, because hits of the cache bypass Nest's pipeline. The check runs before the
 * cache, whose hook is a later one of the same route.
 */
@Injectable()
export class UnknownParameters {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** Adds the hook to each route. Call it before Nest registers its routes. */
  install(): void {
    this.#declareQueries();
    const server: FastifyInstance = this.adapterHost.httpAdapter.getInstance();
    server.addHook('onRoute', (route) => {
      const { url, config, onRequest = [] } = route;
      const schema = config?.declaredQuery;
      if (!schema || PROBE.test(url)) return;
      const check: onRequestHookHandler = ({ query }, _reply, done) => {
        if (Object.keys(Object(query)).length === 0) return done();
        const { error } = schema.safeParse(query);
        done(error && queryProblem(error.issues, query));
      };
      route.onRequest = [onRequest, check].flat();
    });
  }

  /** Leaves the schema of each route where Nest's adapter reads the configuration of Fastify's route. */
  #declareQueries(): void {
    const controllers = [...this.modules.values()].flatMap((module) => [...module.controllers.values()]);
    for (const { metatype } of controllers) {
      if (typeof metatype !== 'function') continue;
      const prototype: Readonly<Record<string, unknown>> = metatype.prototype;
      for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (typeof handler !== 'function' || !Reflect.hasMetadata(PATH_METADATA, handler)) continue;
        const config: object = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) ?? {};
        const declaredQuery = querySchema(metatype, name);
        Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...config, declaredQuery }, handler);
      }
    }
  }
}

/** Returns a schema of the parameters that a handler declares one by one; `undefined` if it takes the whole query. */
function querySchema(controller: object, handler: string): z.ZodType | undefined {
  const names = declaredNames(controller, handler);
  if (names.includes(undefined)) return undefined;
  return z.strictObject(Object.fromEntries(names.map((name) => [name, z.unknown().optional()])));
}

/** Reads the arguments of `@Query` from Nest's metadata, where a key is the kind and the index of a parameter: `4:0`. */
function declaredNames(controller: object, handler: string): (string | undefined)[] {
  const declared: Readonly<Record<string, { readonly data?: string }>> =
    Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler) ?? {};
  return Object.entries(declared)
    .filter(([kind]) => kind.startsWith(`${RouteParamtypes.QUERY}:`))
    .map(([, { data }]) => data);
}
