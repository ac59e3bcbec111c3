import { z } from 'zod';
import { byCreation, type Ordering, reversed } from '../paging/ordering.js';
import type { User } from './user.js';

/** What PostgreSQL keeps as text. */
const storable = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'));

const byName: Ordering<User> = { name: 'name', of: ({ name }) => name, text: storable };

/** The orders in which users are listed, as requests name them. */
export const userSorts = ['createdAt', '-createdAt', 'name', '-name'] as const;
export type UserSort = (typeof userSorts)[number];

export const userOrderings: Readonly<Record<UserSort, Ordering<User>>> = {
  createdAt: byCreation,
  '-createdAt': reversed(byCreation),
  name: byName,
  '-name': reversed(byName),
};
