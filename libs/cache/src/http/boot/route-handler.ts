import {
  GUARDS_METADATA,
  HEADERS_METADATA,
  HOST_METADATA,
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
} from '@nestjs/common/constants.js';
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { CACHED_ROUTE } from '../cache-response.decorator.js';
import { NO_CACHE } from '../no-cache.decorator.js';
import type { CachedRoute } from '../route/cached-route.js';

type InstanceWrapper = ReturnType<ApplicationConfig['getGlobalRequestGuards']>[number];

export interface DeclaredHeader {
  readonly name: string;
  readonly value: string | (() => string);
}

/** One that is marked with `@CacheResponse`. */
export type CachedHandler = RouteHandler & { readonly route: CachedRoute };

/** The handler of a route, and what Nest puts around it. */
export class RouteHandler {
  constructor(
    private readonly controller: Pick<InstanceWrapper, 'metatype' | 'isDependencyTreeStatic' | 'host'>,
    readonly method: string,
    private readonly config: ApplicationConfig,
  ) {}

  /** Of every controller of the application. */
  static all(modules: ModulesContainer, config: ApplicationConfig): readonly RouteHandler[] {
    const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
    return controllers.flatMap((controller) => {
      const prototype: object | undefined = controller.metatype?.prototype;
      const methods = prototype ? new MetadataScanner().getAllMethodNames(prototype) : [];
      return methods
        .map((method) => new RouteHandler(controller, method, config))
        .filter((handler) => handler.metadata(METHOD_METADATA) !== undefined || handler.isCached());
    });
  }

  /** What `@CacheResponse` said of it. */
  get route(): CachedRoute | undefined {
    return Reflect.getMetadata(CACHED_ROUTE, this.#callback);
  }

  isCached(): this is CachedHandler {
    return this.route !== undefined;
  }

  get name(): string {
    return `${this.type.name}.${this.method}`;
  }

  /** The class of its controller. */
  get type(): object & { readonly name: string } {
    return this.controller.metatype ?? Object;
  }

  /** What a decorator said of it. */
  metadata(key: string): unknown {
    return Reflect.getMetadata(key, this.#callback);
  }

  /** Whether `@NoCache` takes it out of the cache. */
  get excluded(): boolean {
    return Reflect.getMetadata(NO_CACHE, this.#callback) ?? Reflect.getMetadata(NO_CACHE, this.type) ?? false;
  }

  /** Those of `@Header`. */
  get headers(): readonly DeclaredHeader[] {
    return Reflect.getMetadata(HEADERS_METADATA, this.#callback) ?? [];
  }

  /** Global ones first, as they run. */
  get guards(): readonly unknown[] {
    const { config } = this;
    const scoped = config.getGlobalRequestGuards().map(({ metatype }) => metatype);
    return [...config.getGlobalGuards(), ...scoped, ...this.#around(GUARDS_METADATA)];
  }

  /** The outermost first. */
  get interceptors(): readonly unknown[] {
    const { config } = this;
    const scoped = config.getGlobalRequestInterceptors().map(({ metatype }) => metatype);
    return [...config.getGlobalInterceptors(), ...scoped, ...this.#around(INTERCEPTORS_METADATA)];
  }

  /** What runs for something that was declared: a test may have put something else in the place of a class. */
  running(declared: unknown): unknown {
    const wrapper = typeof declared === 'function' ? this.controller.host?.injectables.get(declared) : undefined;
    return wrapper?.instance ?? declared;
  }

  /** Whether something is made anew for each request. */
  get requestScoped(): boolean {
    return !this.controller.isDependencyTreeStatic();
  }

  /** Those that it answers, names or patterns; empty where it answers all. */
  get hosts(): readonly unknown[] {
    return [Reflect.getMetadata(HOST_METADATA, this.type) ?? []].flat();
  }

  /** Whether something of the application runs before everything else that Nest does. */
  get hooked(): boolean {
    return this.config.getGlobalPreRequestHooks().length > 0;
  }

  get #callback(): object {
    return Reflect.get(Reflect.get(this.type, 'prototype'), this.method);
  }

  #around(key: string): unknown[] {
    return [Reflect.getMetadata(key, this.type), this.metadata(key)].flat().filter((each) => each !== undefined);
  }
}
