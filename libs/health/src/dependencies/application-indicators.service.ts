import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { BackgroundCheck } from './background-check.js';
import { type HealthIndicator, INDICATORS, type IndicatorOptions, type Indicators } from './indicator-options.js';

const EVERY_MS = 5_000;
const TIMEOUT_MS = 1_000;

type State = HealthIndicatorResult[string];

/** Checks the indicators of the application in the background. Reading their states does no I/O and does not throw. */
@Injectable()
export class ApplicationIndicators implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #checks: readonly IndicatorCheck[];

  constructor(@Inject(INDICATORS) indicators: Indicators, modules: ModuleRef) {
    this.#checks = Object.entries(indicators).map(
      ([name, options]) => new IndicatorCheck(name, options, () => modules.get(options.use)),
    );
  }

  /** Returns the state of every indicator. */
  all(): HealthIndicatorResult {
    return statesOf(this.#checks);
  }

  /** Returns the states of the indicators that decide whether this instance receives requests. */
  decisive(): HealthIndicatorResult {
    return statesOf(this.#checks.filter(({ ready }) => ready));
  }

  /** Waits for the first results, at most the longest `timeoutMs`. */
  async onApplicationBootstrap(): Promise<void> {
    await Promise.all(this.#checks.map((check) => check.background.start()));
  }

  onApplicationShutdown(): void {
    for (const check of this.#checks) check.background.stop();
  }
}

class IndicatorCheck {
  readonly ready: boolean;
  readonly background: BackgroundCheck;
  #last: State | undefined;

  constructor(
    readonly name: string,
    { ready = false, everyMs = EVERY_MS, timeoutMs = TIMEOUT_MS }: IndicatorOptions,
    indicator: () => HealthIndicator,
  ) {
    this.ready = ready;
    const check = async (): Promise<void> => {
      this.#last = (await indicator().isHealthy(name))[name];
      if (!this.#last) throw new Error(`The indicator returned nothing under "${name}". Use the key that it receives.`);
    };
    this.background = new BackgroundCheck(check, { everyMs, timeoutMs });
  }

  get state(): State {
    const { failure } = this.background;
    return failure === undefined && this.#last ? this.#last : { status: 'down', message: failure };
  }
}

function statesOf(checks: readonly IndicatorCheck[]): HealthIndicatorResult {
  return Object.fromEntries(checks.map(({ name, state }) => [name, state]));
}
