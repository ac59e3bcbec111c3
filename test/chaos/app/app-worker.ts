import 'reflect-metadata';
import { LoopStalls } from '../../consistency/processes/worker/loop-stalls.js';
import { Origin } from '../../consistency/processes/worker/origin.js';
import { trafficCommands } from '../../consistency/processes/worker/traffic-commands.js';
import { serveCommands } from '../../support/processes/serve-commands.js';
import type { AppCommands, AppOptions } from './app-options.js';
import { HttpClient } from './http-client.js';
import { RunningApp } from './running-app.js';
import { UsersClient } from './users-client.js';

/** The program of an instance of the application, and of its clients. */
const options: AppOptions = JSON.parse(process.argv[2] ?? '');
const origin = new Origin();
let app = await RunningApp.start(options, origin);
const { url } = app;
let restarting: Promise<void> | undefined;

async function restart(): Promise<void> {
  await app.stop();
  app = await RunningApp.start(options, origin, Number(new URL(url).port));
  restarting = undefined;
}

serveCommands<AppCommands>({
  ...trafficCommands({
    instance: options.instance,
    rows: new UsersClient(new HttpClient(url, () => restarting), (id) => app.isPending(id)),
    origin,
    stalls: new LoopStalls(),
    settled: () => app.settled(),
    lastErrors: () => app.lastErrors,
  }),
  restart: () => (restarting = restart()),
});
