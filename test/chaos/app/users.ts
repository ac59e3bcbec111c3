import { RedisKeys } from '../../../libs/cache/src/core/store/redis-keys.js';
import { listOf } from '../../consistency/processes/worker/rows.js';

/** The keys of the application in Redis. */
export const KEYS = new RedisKeys('chaos');

/** The id of the user that a row of the history is. */
export const idOf = (key: number): string => `00000000-0000-7000-8000-${key.toString(16).padStart(12, '0')}`;
export const keyOf = (id: string): number => Number.parseInt(id.slice(-12), 16);

export const emailOf = (key: number): string => `user-${key}@example.org`;

/** The beginning of the names of the users of a list. */
export const nameIn = (list: number): string => `List ${list} `;

/** The name of a user in one version, so that a response with the name and without the version has the version too. */
export const nameOf = (key: number, version: number): string => `${nameIn(listOf(key))}version ${version}`;
export const versionOf = (name: string): number => Number(/ version (\d+)$/.exec(name)?.[1]);
