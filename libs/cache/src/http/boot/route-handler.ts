import {
  GUARDS_METADATA,
  HEADERS_METADATA,
  HOST_METADATA,
  INTERCEPTORS_METADATA,
  METHOD_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import { RequestMethod, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import { CACHED_ROUTE } from '../cache-response.decorator.js';
import { NO_CACHE } from '../no-cache.decorator.js';
import { preRequestHooksOf } from './nest-majors.js';
import type { CachedRoute } from '../route/cached-route.js';

type InstanceWrapper = ReturnType<ApplicationConfig['getGlobalRequestGuards']>[number];

export interface DeclaredHeader {
  readonly name: string;
  readonly value: string | (() => string);
}

/** A handler with `@CacheResponse`. */
export type CachedHandler = RouteHandler & { readonly route: CachedRoute };

/** The handler of a route, with the guards, interceptors and headers that Nest adds to it. */
export class RouteHandler {
  constructor(
    private readonly controller: Pick<InstanceWrapper, 'metatype' | 'isDependencyTreeStatic' | 'host'>,
    readonly method: string,
    private readonly config: ApplicationConfig,
    private readonly applicationId: string,
  ) {}

  /** Returns the route handlers of every controller of the application. */
  static all(modules: ModulesContainer, config: ApplicationConfig): readonly RouteHandler[] {
    const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
    return controllers.flatMap((controller) => {
      const prototype: object | undefined = controller.metatype?.prototype;
      const methods = prototype ? new MetadataScanner().getAllMethodNames(prototype) : [];
      return methods
        .map((method) => new RouteHandler(controller, method, config, modules.applicationId))
        .filter((handler) => handler.metadata(METHOD_METADATA) !== undefined || handler.isCached());
    });
  }

  /** Returns the complete paths of the route, with the global prefix, the version and the path of its module. */
  get paths(): readonly string[] {
    const { config } = this;
    const versioning = config.getVersioning();
    const ofModule: unknown = Reflect.getMetadata(
      `${MODULE_PATH}${this.applicationId}`,
      this.controller.host?.metatype ?? Object,
    );
    const own = {
      controllerVersion: Reflect.getMetadata(VERSION_METADATA, this.type),
      methodVersion: Reflect.getMetadata(VERSION_METADATA, this.#callback),
    };
    const factory = new RoutePathFactory(config);
    return pathsOf(Reflect.getMetadata(PATH_METADATA, this.type)).flatMap((ctrlPath) =>
      pathsOf(this.metadata(PATH_METADATA)).flatMap((methodPath) =>
        factory.create(
          {
            ctrlPath,
            methodPath,
            globalPrefix: config.getGlobalPrefix(),
            ...(typeof ofModule === 'string' && { modulePath: ofModule }),
            ...(versioning && { versioningOptions: versioning, ...own }),
          },
          RequestMethod.GET,
        ),
      ),
    );
  }

  /** Returns the route that `@CacheResponse` declares. */
  get route(): CachedRoute | undefined {
    return Reflect.getMetadata(CACHED_ROUTE, this.#callback);
  }

  isCached(): this is CachedHandler {
    return this.route !== undefined;
  }

  get name(): string {
    return `${this.type.name}.${this.method}`;
  }

  /** Returns the class of the controller. */
  get type(): object & { readonly name: string } {
    return this.controller.metatype ?? Object;
  }

  /** Returns the metadata that a decorator stored on the method. */
  metadata(key: string): unknown {
    return Reflect.getMetadata(key, this.#callback);
  }

  /** Returns whether `@NoCache` excludes the route from the cache. */
  get excluded(): boolean {
    return Reflect.getMetadata(NO_CACHE, this.#callback) ?? Reflect.getMetadata(NO_CACHE, this.type) ?? false;
  }

  /** Returns the headers that `@Header` declares. */
  get headers(): readonly DeclaredHeader[] {
    return Reflect.getMetadata(HEADERS_METADATA, this.#callback) ?? [];
  }

  /** Returns the guards in the order in which they run, global guards first. */
  get guards(): readonly unknown[] {
    const { config } = this;
    const scoped = config.getGlobalRequestGuards().map(({ metatype }) => metatype);
    return [...config.getGlobalGuards(), ...scoped, ...this.#around(GUARDS_METADATA)];
  }

  /** Returns the interceptors from the outermost to the innermost. */
  get interceptors(): readonly unknown[] {
    const { config } = this;
    const scoped = config.getGlobalRequestInterceptors().map(({ metatype }) => metatype);
    return [...config.getGlobalInterceptors(), ...scoped, ...this.#around(INTERCEPTORS_METADATA)];
  }

  /** Returns the instance that runs for a declared guard or interceptor. A test may have replaced its class. */
  running(declared: unknown): unknown {
    const wrapper = typeof declared === 'function' ? this.controller.host?.injectables.get(declared) : undefined;
    return wrapper?.instance ?? declared;
  }

  /** Returns whether Nest creates the controller, or something that it depends on, for each request. */
  get requestScoped(): boolean {
    return !this.controller.isDependencyTreeStatic();
  }

  /** Returns the hosts that the controller answers, as names or patterns; empty for all hosts. */
  get hosts(): readonly unknown[] {
    return [Reflect.getMetadata(HOST_METADATA, this.type) ?? []].flat();
  }

  /** Returns whether a function of the application extracts the version by which Nest selects this handler. */
  get selectedByExtractor(): boolean {
    const versioning = this.config.getVersioning();
    if (versioning?.type !== VersioningType.CUSTOM) return false;
    const ofClass: unknown = Reflect.getMetadata(VERSION_METADATA, this.type) ?? versioning.defaultVersion;
    const version = this.metadata(VERSION_METADATA) ?? ofClass;
    return version !== undefined && version !== VERSION_NEUTRAL;
  }

  /** Returns whether a global pre-request hook runs before Nest's pipeline. */
  get hooked(): boolean {
    return preRequestHooksOf(this.config) > 0;
  }

  get #callback(): object {
    return Reflect.get(Reflect.get(this.type, 'prototype'), this.method);
  }

  #around(key: string): unknown[] {
    return [Reflect.getMetadata(key, this.type), this.metadata(key)].flat().filter((each) => each !== undefined);
  }
}

/** A decorator has one path or a list of them, and none means the root. */
function pathsOf(declared: unknown): string[] {
  return [declared ?? '/'].flat().map(String);
}
