import { Controller, Header, type MessageEvent, Sse, UseGuards, VERSION_NEUTRAL } from '@nestjs/common';
import { AdminGuard, RequiresScope } from '@nuthatch/admin';
import { Observable } from 'rxjs';
import { Fleet } from './fleet.service.js';
import type { FleetView } from './tick.js';

/** Streams the figures of the fleet to a page, one event per second (server-sent events). */
@Controller({ path: 'dashboard/live', version: VERSION_NEUTRAL })
@UseGuards(AdminGuard)
export class LiveController {
  constructor(private readonly fleet: Fleet) {}

  @Sse()
  @RequiresScope('read')
  @Header('X-Accel-Buffering', 'no')
  stream(): Observable<MessageEvent> {
    return this.#events(({ tick }) => tick);
  }

  /** Streams all instances. It is a stream, because a load balancer may send a single request to an instance that does not watch. */
  @Sse('instances')
  @RequiresScope('read')
  @Header('X-Accel-Buffering', 'no')
  instances(): Observable<MessageEvent> {
    return this.#events(({ instances }) => instances);
  }

  #events(dataOf: (view: FleetView) => object): Observable<MessageEvent> {
    return new Observable((viewer) => this.fleet.watch((view) => viewer.next({ data: dataOf(view) })));
  }
}
